/** A server-sent event stream that says whether it is connected, and comes back after errors with growing delays. */
export interface StreamOptions {
  /** The address; asked anew at each connection, so that it can name the offset reached. */
  address: () => string;
  on: Record<string, (data: unknown) => void>;
  connected?: (yes: boolean) => void;
}

const FIRST_DELAY = 1000;
const LONGEST_DELAY = 20_000;

/** Opens the stream; the function returned closes it for good. */
export function stream(options: StreamOptions): () => void {
  let source: EventSource | null = null;
  let timer = 0;
  let delay = FIRST_DELAY;
  const close = (): void => {
    clearTimeout(timer);
    source?.close();
    source = null;
  };
  const open = (): void => {
    close();
    const made = new EventSource(options.address());
    source = made;
    made.addEventListener("open", () => {
      delay = FIRST_DELAY;
      options.connected?.(true);
    });
    made.addEventListener("error", () => {
      made.close();
      options.connected?.(false);
      timer = window.setTimeout(open, delay);
      delay = Math.min(delay * 2, LONGEST_DELAY);
    });
    for (const [name, act] of Object.entries(options.on)) {
      made.addEventListener(name, (event) => act(JSON.parse((event as MessageEvent<string>).data || "null")));
    }
  };
  open();
  window.addEventListener("pagehide", close);
  return () => {
    window.removeEventListener("pagehide", close);
    close();
  };
}
