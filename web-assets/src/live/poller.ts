const RETRY_MS = 5000;

/** Polls what changes while the page is visible; of requests that overlap, the newest alone counts. */
export class Poller {
  private timer = 0;
  private controller = new AbortController();

  /**
   * @param request Fetches by the signal given and draws; when it throws, it is retried.
   * @param intervalMs Milliseconds until the next request; null: nothing changes any more.
   */
  constructor(
    private readonly request: (signal: AbortSignal) => Promise<void>,
    private readonly intervalMs: () => number | null,
  ) {
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) void this.now();
    });
  }

  async now(): Promise<void> {
    this.schedule(null);
    const { signal } = this.controller;
    const failed = await this.request(signal).then(() => false, () => true);
    if (signal.aborted || document.hidden) return;
    const interval = this.intervalMs();
    this.schedule(failed ? Math.max(interval ?? 0, RETRY_MS) : interval);
  }

  /** Makes the next request then, and not before; null: when `now` is called. */
  schedule(milliseconds: number | null): void {
    clearTimeout(this.timer);
    this.controller.abort();
    this.controller = new AbortController();
    if (milliseconds !== null) this.timer = window.setTimeout(() => void this.now(), milliseconds);
  }
}
