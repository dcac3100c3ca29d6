/** Milliseconds until a look that failed is made again. */
const AGAIN = 5000;

/** Looks at what changes, now and again as long as somebody looks at the page; of looks that overlap the newest alone counts. */
export class Looks {
  private timer = 0;
  private request = new AbortController();

  /**
   * @param look Fetches by the signal given and draws; when it throws, it is called again after a while.
   * @param pause Milliseconds until the next look; null: nothing changes any more.
   */
  constructor(
    private readonly look: (signal: AbortSignal) => Promise<void>,
    private readonly pause: () => number | null,
  ) {
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) void this.now();
    });
  }

  async now(): Promise<void> {
    this.soon(null);
    const { signal } = this.request;
    const failed = await this.look(signal).then(() => false, () => true);
    if (signal.aborted || document.hidden) return;
    const pause = this.pause();
    this.soon(failed ? Math.max(pause ?? 0, AGAIN) : pause);
  }

  /** The next look is then, and not before; null: when it is asked for. */
  soon(milliseconds: number | null): void {
    clearTimeout(this.timer);
    this.request.abort();
    this.request = new AbortController();
    if (milliseconds !== null) this.timer = window.setTimeout(() => void this.now(), milliseconds);
  }
}
