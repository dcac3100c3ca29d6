import type { MetricList, MetricView } from "@openmo/shared/rest-api";
import { Poller } from "../live/poller";
import { need } from "../ui/dom";
import { getJson } from "../ui/get-json";
import { t } from "../ui/texts";
import { MetricCard } from "./card";
import { loadChoices } from "./choices";
import { sayingDamage } from "./damaged";
import { matchesTerms, toolbar } from "./toolbar";
import { Wall } from "./wall";

const REFRESH_MS = 1500;
/** Long lists are refreshed less often. */
const LONG_LIST = 300;
const REFRESH_LONG_LIST_MS = 6000;
const FILTER_MIN_METRICS = 7;
/** How long a job may run without a metric before the page says how one is printed. */
const NO_METRICS_DELAY_MS = 8000;

/** All metrics of a job, refreshed while it runs and the page is visible. `root` holds all that the board needs. */
export class ChartBoard {
  private readonly choices = loadChoices();
  private readonly wall: Wall<MetricCard>;
  private filter: string[] = [];
  private live = true;
  private readonly poller = new Poller(
    (signal) => this.fetch(signal),
    () => (!this.live ? null : this.wall.size > LONG_LIST ? REFRESH_LONG_LIST_MS : REFRESH_MS),
  );
  private readonly since = Date.now();

  constructor(
    private readonly root: HTMLElement,
    private readonly api: string,
  ) {
    this.wall = new Wall(need(root, "[data-charts]"), this.choices);
    toolbar(root, this.choices, {
      axis: () => this.wall.forgetRanges(),
      redraw: () => this.wall.each((card) => card.paint()),
      table: (yes) => this.wall.showTables(yes),
      filter: (words) => this.search(words),
    });
  }

  /** Draws now, and regularly until `stop`. */
  start(): void {
    void this.poller.now();
  }

  /** The job has ended: one last request. */
  stop(): void {
    this.live = false;
    void this.poller.now();
  }

  private async fetch(signal: AbortSignal): Promise<void> {
    await sayingDamage(this.root, async () => {
      this.list(await getJson<MetricList>(`${this.api}/metrics`, {}, signal));
      await this.wall.refresh();
    });
  }

  private list(found: MetricList): void {
    for (const metric of found.metrics) {
      const card = this.wall.get(metric.name) ?? this.add(metric);
      card.show(metric);
    }
    need<HTMLElement>(this.root, "[data-tools]").hidden = found.metrics.length === 0;
    need<HTMLElement>(this.root, "[data-filter-box]").hidden = found.metrics.length < FILTER_MIN_METRICS;
    this.explain(found);
    this.count();
  }

  private add(metric: MetricView): MetricCard {
    const card = new MetricCard(metric, `${this.api}/metrics`, this.choices, (one, range) => this.wall.zoom(one, range));
    card.frame.element.hidden = !matchesTerms(metric.name, this.filter);
    this.wall.add(metric.name, card);
    return card;
  }

  private search(words: string[]): void {
    this.filter = words;
    this.wall.each((card) => {
      card.frame.element.hidden = !matchesTerms(card.frame.name, words);
    });
    this.count();
  }

  private count(): void {
    let shown = 0;
    this.wall.each((card) => {
      if (!card.frame.element.hidden) shown += 1;
    });
    const text = t("{shown} of {total} metrics", { shown, total: this.wall.size });
    need<HTMLElement>(this.root, "[data-filter-count]").textContent = text;
  }

  /** Why there is no chart, once it is clear that there is none; and what was printed that could not be read. */
  private explain(found: MetricList): void {
    const waited = !this.live || Date.now() - this.since > NO_METRICS_DELAY_MS;
    const active = this.root.closest<HTMLElement>("[data-state]")?.dataset.state;
    const isEmpty = found.metrics.length === 0 && waited && !(this.live && active === "pending");
    need<HTMLElement>(this.root, "[data-no-metrics]").hidden = !isEmpty;
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
}
