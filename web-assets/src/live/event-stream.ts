export interface StreamOptions {
  /** The address; called at each connection, so that it can name the offset reached. */
  address: () => string;
  on: Record<string, (data: unknown) => void>;
  onConnected?: (connected: boolean) => void;
  /** Whether the connection is kept while the page is hidden. */
  keepsWhileHidden?: () => boolean;
}

const FIRST_RETRY_MS = 1000;
const MAX_RETRY_MS = 20_000;

/**
 * A server-sent event stream that reconnects after errors with growing delays.
 *
 * Browsers open few connections to one server, and keep no page with one for their Back button: so a hidden page closes
 * its connection, and opens it again when the reader is back.
 */
export class EventStream {
  private source: EventSource | null = null;
  private retry = 0;
  private retryMs = FIRST_RETRY_MS;
  private hasLeft = false;
  private readonly closed = new AbortController();

  constructor(private readonly options: StreamOptions) {
    const { signal } = this.closed;
    document.addEventListener("visibilitychange", () => this.update(), { signal });
    for (const name of ["pagehide", "pageshow"]) {
      window.addEventListener(
        name,
        () => {
          this.hasLeft = name === "pagehide";
          this.update();
        },
        { signal },
      );
    }
    this.update();
  }

  /** Connects or disconnects, as `keepsWhileHidden` and the page's visibility say now. */
  update(): void {
    const shouldBeOpen = !this.hasLeft && (!document.hidden || this.options.keepsWhileHidden?.() === true);
    const isOpen = this.source !== null || this.retry !== 0;
    if (shouldBeOpen === isOpen) return;
    if (shouldBeOpen) return this.connect();
    this.disconnect();
    this.options.onConnected?.(false);
  }

  /** Disconnects for good. */
  close(): void {
    this.closed.abort();
    this.disconnect();
  }

  private connect(): void {
    this.disconnect();
    const { address, on, onConnected } = this.options;
    const source = (this.source = new EventSource(address()));
    source.addEventListener("open", () => {
      this.retryMs = FIRST_RETRY_MS;
      onConnected?.(true);
    });
    source.addEventListener("error", () => {
      this.disconnect();
      onConnected?.(false);
      this.retry = window.setTimeout(() => this.connect(), this.retryMs);
      this.retryMs = Math.min(this.retryMs * 2, MAX_RETRY_MS);
    });
    for (const [name, act] of Object.entries(on)) {
      source.addEventListener(name, (event) => act(JSON.parse((event as MessageEvent<string>).data || "null")));
    }
  }

  private disconnect(): void {
    clearTimeout(this.retry);
    this.retry = 0;
    this.source?.close();
    this.source = null;
  }
}
