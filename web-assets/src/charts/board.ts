import { need } from "../ui/dom";
import { segments } from "../ui/segments";
import { ChartCard } from "./card";
import { fetchMetrics, fetchSeries } from "./series";

const LIVE_EVERY = 1500;
const POINTS = 1000;
const MOST_CARDS = 60;

/** All metrics of a job, refreshed while it runs and the page is looked at. */
export class ChartBoard {
  private readonly cards = new Map<string, ChartCard>();
  private readonly box: HTMLElement;
  private readonly none: HTMLElement;
  private axis = "auto";
  private table = false;
  private live = true;
  private timer = 0;

  constructor(
    root: HTMLElement,
    private readonly api: string,
  ) {
    this.box = need(root, "[data-charts]");
    this.none = need(root, "[data-no-metrics]");
    segments(need(root, "[data-axis]"), (axis) => {
      this.axis = axis;
      for (const card of this.cards.values()) card.drawn = -1;
      void this.refresh();
    });
    segments(need(root, "[data-view]"), (view) => {
      this.table = view === "table";
      for (const card of this.cards.values()) card.showTable(this.table);
    });
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) void this.refresh();
    });
  }

  /** Draws now, and again and again until `stop`. */
  start(): void {
    void this.refresh();
  }

  /** The job has ended: one last look. */
  stop(): void {
    this.live = false;
    void this.refresh();
  }

  private async refresh(): Promise<void> {
    clearTimeout(this.timer);
    try {
      await this.load();
    } catch {
      // The next look tries again; the log's stream already says that the connection is gone.
    }
    clearTimeout(this.timer);
    if (this.live && !document.hidden) this.timer = window.setTimeout(() => void this.refresh(), LIVE_EVERY);
  }

  private async load(): Promise<void> {
    const metrics = (await fetchMetrics(this.api)).slice(0, MOST_CARDS);
    this.none.hidden = metrics.length > 0;
    await Promise.all(
      metrics.map(async (metric) => {
        const card = this.card(metric.name);
        card.show(metric);
        if (card.drawn !== metric.count) card.draw(await fetchSeries(this.api, metric.name, this.axis, POINTS));
      }),
    );
  }

  private card(name: string): ChartCard {
    const known = this.cards.get(name);
    if (known) return known;
    const made = new ChartCard(name);
    this.cards.set(name, made);
    this.box.append(made.element);
    if (this.table) made.showTable(true);
    return made;
  }
}
