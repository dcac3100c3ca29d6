const EVERY = 10_000;

/** Parts with `data-look-again` are told to refresh themselves, unless somebody reads, works or selects text in them. */
export function installLookAgain(): void {
  window.setInterval(lookAgain, EVERY);
}

export function lookAgain(): void {
  if (document.hidden) return;
  const selection = document.getSelection();
  for (const part of document.querySelectorAll("[data-look-again]")) {
    const selects = selection?.isCollapsed === false && selection.getRangeAt(0).intersectsNode(part);
    if (selects || part.querySelector("details[open]") || part.contains(document.activeElement)) continue;
    part.dispatchEvent(new Event("openmo-look"));
  }
}
