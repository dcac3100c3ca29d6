const EVERY = 10_000;

/** Parts with `data-look-again` are told to refresh themselves, unless somebody reads in them: an open fold stays open. */
export function installLookAgain(): void {
  window.setInterval(lookAgain, EVERY);
}

export function lookAgain(): void {
  if (document.hidden) return;
  for (const part of document.querySelectorAll("[data-look-again]")) {
    if (part.querySelector("details[open]") || part.contains(document.activeElement)) continue;
    part.dispatchEvent(new Event("openmo-look"));
  }
}
