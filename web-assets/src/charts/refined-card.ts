import type { ChartFrame } from "./frame";
import type { Kind, Range } from "./series";
import { getJson } from "../ui/get-json";

const SETTLE = 150;

/** What a card wants to know now: where, by which parameters, and what would make the same answer stale. */
export interface Question {
  address: string;
  values: Record<string, string>;
  stamp: unknown;
}

/** A chart whose curve the server refines where it is zoomed; asked for and drawn only while it is in view. */
export abstract class RefinedCard<S extends { x_kind: Kind }> {
  abstract readonly frame: ChartFrame;
  range: Range | null = null;
  /** Whether the card is in view; what is not is neither asked for nor drawn. */
  visible = false;
  protected series: S | null = null;
  private asked = "";
  private timer = 0;
  private request: AbortController | null = null;

  get kind(): Kind | null {
    return this.series?.x_kind ?? null;
  }

  /** Draws that part of the curve at once as far as it is known, then as the server has it. */
  zoom(range: Range | null): void {
    this.range = range;
    this.paint();
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.refresh(), SETTLE);
  }

  /** Fetches what is new; an older request that is still under way is dropped. */
  async refresh(): Promise<void> {
    const question = this.visible ? this.question() : null;
    if (!question) return;
    const asked = JSON.stringify([question.values, question.stamp]);
    if (asked === this.asked) return;
    this.asked = asked;
    this.request?.abort();
    this.request = new AbortController();
    try {
      this.series = await getJson<S>(question.address, question.values, this.request.signal);
      this.paint();
    } catch (error) {
      if (this.asked === asked) this.asked = "";
      if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
    }
  }

  hide(): void {
    this.visible = false;
    this.frame.clear();
  }

  /** The curve by the choices as they are now. */
  abstract paint(): void;

  /** Null while there is nothing to ask for. */
  protected abstract question(): Question | null;
}
