/** Scrolling boxes with `data-follow-end` show their end, and keep showing it as long as nobody scrolls up. */
export function installFollowEnd(): void {
  for (const box of document.querySelectorAll<HTMLElement>("[data-follow-end]")) {
    let follows = true;
    const toEnd = (): void => {
      if (follows) box.scrollTop = box.scrollHeight;
    };
    box.addEventListener("scroll", () => (follows = box.scrollTop + box.clientHeight >= box.scrollHeight - 8));
    new MutationObserver(toEnd).observe(box, { childList: true, subtree: true });
    toEnd();
  }
}
