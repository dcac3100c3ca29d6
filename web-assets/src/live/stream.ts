/** A server-sent event stream that says whether it is connected, and comes back after errors with growing delays. */
export interface StreamOptions {
  /** The address; asked anew at each connection, so that it can name the offset reached. */
  address: () => string;
  on: Record<string, (data: unknown) => void>;
  connected?: (yes: boolean) => void;
  /** Whether it is held in a page that nobody looks at too. */
  hidden?: () => boolean;
}

export interface Stream {
  /** Connects or disconnects, as it is wanted now. */
  look(): void;
  /** Disconnects for good. */
  close(): void;
}

const FIRST_DELAY = 1000;
const LONGEST_DELAY = 20_000;

/**
 * Opens the stream, and again when the reader is back.
 *
 * Browsers open few connections to one server, and keep no page with one for their Back button: so a page that nobody looks
 * at lets it go.
 */
export function stream(options: StreamOptions): Stream {
  let source: EventSource | null = null;
  let timer = 0;
  let delay = FIRST_DELAY;
  let left = false;

  const drop = (): void => {
    clearTimeout(timer);
    timer = 0;
    source?.close();
    source = null;
  };
  const open = (): void => {
    drop();
    const made = new EventSource(options.address());
    source = made;
    made.addEventListener("open", () => {
      delay = FIRST_DELAY;
      options.connected?.(true);
    });
    made.addEventListener("error", () => {
      drop();
      options.connected?.(false);
      timer = window.setTimeout(open, delay);
      delay = Math.min(delay * 2, LONGEST_DELAY);
    });
    for (const [name, act] of Object.entries(options.on)) {
      made.addEventListener(name, (event) => act(JSON.parse((event as MessageEvent<string>).data || "null")));
    }
  };
  const look = (): void => {
    const wanted = !left && (!document.hidden || options.hidden?.() === true);
    const held = source !== null || timer !== 0;
    if (wanted === held) return;
    if (wanted) return open();
    drop();
    options.connected?.(false);
  };
  const leaving = new AbortController();
  const { signal } = leaving;
  document.addEventListener("visibilitychange", look, { signal });
  for (const name of ["pagehide", "pageshow"]) {
    window.addEventListener(name, () => ((left = name === "pagehide"), look()), { signal });
  }
  look();
  return {
    look,
    close: () => {
      leaving.abort();
      drop();
    },
  };
}
