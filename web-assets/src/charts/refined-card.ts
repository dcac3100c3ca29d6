import type { ChartFrame } from "./frame";
import type { Kind, Range } from "./series";
import { getJson } from "../ui/get-json";

const ZOOM_DEBOUNCE_MS = 150;

/** What a card has to fetch now; another `version` makes an earlier response stale. */
export interface SeriesRequest {
  address: string;
  parameters: Record<string, string>;
  version: unknown;
}

/** A chart whose curve the server refines where it is zoomed; fetched and drawn only while it is in view. */
export abstract class RefinedCard<S extends { x_kind: Kind }> {
  abstract readonly frame: ChartFrame;
  range: Range | null = null;
  /** Whether the card is in view; what is not is neither fetched nor drawn. */
  visible = false;
  protected series: S | null = null;
  private requested = "";
  private timer = 0;
  private controller: AbortController | null = null;

  get kind(): Kind | null {
    return this.series?.x_kind ?? null;
  }

  /** Draws that part of the curve at once as far as it is known, then as the server has it. */
  zoom(range: Range | null): void {
    this.range = range;
    this.paint();
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.refresh(), ZOOM_DEBOUNCE_MS);
  }

  /** Fetches what is new; an older request that is still under way is dropped. */
  async refresh(): Promise<void> {
    const request = this.visible ? this.request() : null;
    if (!request) return;
    const requested = JSON.stringify([request.parameters, request.version]);
    if (requested === this.requested) return;
    this.requested = requested;
    this.controller?.abort();
    this.controller = new AbortController();
    try {
      this.series = await getJson<S>(request.address, request.parameters, this.controller.signal);
      this.paint();
    } catch (error) {
      if (this.requested === requested) this.requested = "";
      if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
    }
  }

  hide(): void {
    this.visible = false;
    this.frame.clear();
  }

  /** The curve by the choices as they are now. */
  abstract paint(): void;

  /** Null while there is nothing to fetch. */
  protected abstract request(): SeriesRequest | null;
}
