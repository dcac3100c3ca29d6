import { need } from "../ui/dom";
import { t } from "../ui/texts";
import { MetricCard } from "./card";
import { remembered } from "./choices";
import { ask, type Metric, type MetricList, type Range } from "./series";
import { fits, toolbar } from "./toolbar";
import { Viewport } from "./viewport";

const LIVE_EVERY = 1500;
/** Long lists are asked for less often. */
const LONG_LIST = 300;
const LIVE_EVERY_LONG = 6000;
const FILTER_FROM = 7;
/** How long a job may run without a metric before the page says how one is printed. */
const PATIENCE = 8000;

/** All metrics of a job, refreshed while it runs and the page is looked at. `root` holds all that the board needs. */
export class ChartBoard {
  private readonly cards = new Map<string, MetricCard>();
  private readonly placed = new Map<Element, MetricCard>();
  private readonly choices = remembered();
  private readonly box: HTMLElement;
  private readonly viewport = new Viewport((element, near) => this.moved(element, near));
  private filter: string[] = [];
  private table = false;
  private live = true;
  private timer = 0;
  private readonly since = Date.now();

  constructor(
    private readonly root: HTMLElement,
    private readonly api: string,
  ) {
    this.box = need(root, "[data-charts]");
    toolbar(root, this.choices, {
      axis: () => this.forget(),
      look: () => this.each((card) => card.paint()),
      table: (yes) => {
        this.table = yes;
        this.each((card) => card.frame.showTable(yes));
      },
      filter: (words) => this.search(words),
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
      const found = await ask<MetricList>(`${this.api}/metrics`, {});
      this.list(found);
      await Promise.all([...this.cards.values()].map((card) => card.refresh()));
    } catch {
      // The next look tries again; the log's stream already says that the connection is gone.
    }
    clearTimeout(this.timer);
    const pause = this.cards.size > LONG_LIST ? LIVE_EVERY_LONG : LIVE_EVERY;
    if (this.live && !document.hidden) this.timer = window.setTimeout(() => void this.refresh(), pause);
  }

  private list(found: MetricList): void {
    for (const metric of found.metrics) {
      const card = this.cards.get(metric.name) ?? this.add(metric);
      card.show(metric);
    }
    need<HTMLElement>(this.root, "[data-tools]").hidden = found.metrics.length === 0;
    need<HTMLElement>(this.root, "[data-filter-box]").hidden = found.metrics.length < FILTER_FROM;
    this.explain(found);
    this.count();
  }

  private add(metric: Metric): MetricCard {
    const card = new MetricCard(metric, `${this.api}/metrics`, this.choices, (one, range) => this.zoom(one, range));
    this.cards.set(metric.name, card);
    this.placed.set(card.frame.element, card);
    card.frame.element.hidden = !fits(metric.name, this.filter);
    if (this.table) card.frame.showTable(true);
    this.box.append(card.frame.element);
    this.viewport.watch(card.frame.element);
    return card;
  }

  private moved(element: Element, near: boolean): void {
    const card = this.placed.get(element);
    if (!card || card.visible === near) return;
    if (!near) return card.hide();
    card.visible = true;
    card.paint();
    card.refresh().catch(() => undefined);
  }

  private zoom(chosen: MetricCard, range: Range | null): void {
    this.each((card) => {
      if (card === chosen || (this.choices.together && card.kind === chosen.kind)) card.zoom(range);
    });
  }

  /** Another axis: no range means anything any more. */
  private forget(): void {
    this.each((card) => {
      card.range = null;
      card.refresh().catch(() => undefined);
    });
  }

  private search(words: string[]): void {
    this.filter = words;
    this.each((card) => {
      card.frame.element.hidden = !fits(card.frame.name, words);
    });
    this.count();
  }

  private count(): void {
    const shown = [...this.cards.values()].filter((card) => !card.frame.element.hidden).length;
    const text = t("{shown} of {total} metrics", { shown, total: this.cards.size });
    need<HTMLElement>(this.root, "[data-filter-count]").textContent = text;
  }

  /** Why there is no chart, once it is clear that there is none; and what was printed that could not be read. */
  private explain(found: MetricList): void {
    const waited = !this.live || Date.now() - this.since > PATIENCE;
    const active = this.root.closest<HTMLElement>("[data-state]")?.dataset["state"];
    const silent = found.metrics.length === 0 && waited && !(this.live && active === "pending");
    need<HTMLElement>(this.root, "[data-no-metrics]").hidden = !silent;
    const wrong = need<HTMLElement>(this.root, "[data-malformed]");
    wrong.hidden = found.malformed === 0;
    need<HTMLElement>(wrong, "[data-malformed-count]").textContent = t("Lines that name a metric but cannot be read: {count}. The first is:", {
      count: found.malformed,
    });
    need<HTMLElement>(wrong, "code").textContent = found.malformed_line ?? "";
    const dropped = need<HTMLElement>(this.root, "[data-dropped]");
    dropped.hidden = found.dropped === 0;
    dropped.textContent = t("{count} values are not charted: more than 10,000 names, or names that are too long.", { count: found.dropped });
  }

  private each(act: (card: MetricCard) => void): void {
    for (const card of this.cards.values()) act(card);
  }
}
