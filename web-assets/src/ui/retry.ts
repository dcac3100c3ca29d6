const RELOAD_MS = 4000;

/** A page that says "not running" reloads itself while it is visible. */
export function installRetry(): void {
  if (document.querySelector("[data-retry]")) window.setTimeout(() => whenVisible(() => location.reload()), RELOAD_MS);
}

/** Calls `then` now, or when the reader comes back to this tab. */
export function whenVisible(then: () => void): void {
  if (!document.hidden) return then();
  document.addEventListener("visibilitychange", () => whenVisible(then), { once: true });
}
