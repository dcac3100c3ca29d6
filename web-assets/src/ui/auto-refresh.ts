const INTERVAL_MS = 10_000;

/** Parts with `data-look-again` refresh themselves regularly, unless the reader has a menu, the focus or selected text in them. */
export function installAutoRefresh(): void {
  window.setInterval(refreshParts, INTERVAL_MS);
}

export function refreshParts(): void {
  if (document.hidden) return;
  const selection = document.getSelection();
  for (const part of document.querySelectorAll("[data-look-again]")) {
    const selects = selection?.isCollapsed === false && selection.getRangeAt(0).intersectsNode(part);
    if (selects || part.querySelector("details[open]") || part.contains(document.activeElement)) continue;
    part.dispatchEvent(new Event("openmo-look"));
  }
}
