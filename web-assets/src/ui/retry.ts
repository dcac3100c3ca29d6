const AFTER = 4000;

/** A page that says "not running" looks again by itself, while somebody sees it. */
export function installRetry(): void {
  if (document.querySelector("[data-retry]")) window.setTimeout(() => whenSeen(() => location.reload()), AFTER);
}

/** Calls `then` now, or when the reader comes back to this tab. */
export function whenSeen(then: () => void): void {
  if (!document.hidden) return then();
  document.addEventListener("visibilitychange", () => whenSeen(then), { once: true });
}
