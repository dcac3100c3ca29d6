import { hasEnded } from "@openmo/shared/jobs";
import type { ComparisonView } from "@openmo/shared/rest-api";
import { loadChoices } from "../charts/choices";
import { sayingDamage } from "../charts/damaged";
import { toolbar } from "../charts/toolbar";
import { Wall } from "../charts/wall";
import { Poller } from "../live/poller";
import { need } from "../ui/dom";
import { getJson } from "../ui/get-json";
import { segments } from "../ui/segments";
import { t } from "../ui/texts";
import { CompareCard, type View } from "./card";
import { CompareTable } from "./table";

const REFRESH_MS = 3000;
const DEBOUNCE_MS = 250;

/** Runs beside each other: a table, and a chart for each metric, refreshed while one of them runs. */
export class CompareBoard {
  private readonly view: View;
  private readonly wall: Wall<CompareCard>;
  private readonly table: CompareTable;
  private search = "";
  private ignored = "seed";
  private readonly poller = new Poller(
    (signal) => this.fetch(signal),
    () => (this.live ? REFRESH_MS : null),
  );
  private live = true;

  constructor(
    private readonly root: HTMLElement,
    api: string,
    numbers: string,
  ) {
    this.view = {
      api,
      query: () => ({ n: numbers, ignore: this.ignored }),
      choices: loadChoices(),
      grouped: false,
      found: null,
      hidden: new Set(),
    };
    this.wall = new Wall(need(root, "[data-charts]"), this.view.choices);
    this.table = new CompareTable(need(root, "[data-table]"), this.view.hidden, () => this.wall.each((card) => card.paint()));
    toolbar(root, this.view.choices, {
      axis: () => this.wall.forgetRanges(),
      redraw: () => this.wall.each((card) => card.paint()),
      table: (yes) => this.wall.showTables(yes),
      filter: (words) => {
        this.search = words.join(" ");
        this.poller.schedule(DEBOUNCE_MS);
      },
    });
    segments(need(root, "[data-grouping]"), (value) => {
      this.view.grouped = value === "mean";
      need<HTMLElement>(root, "[data-ignore-box]").hidden = !this.view.grouped;
      this.wall.refresh().catch(() => undefined);
    });
    const ignore = need<HTMLInputElement>(root, "[data-ignore]");
    ignore.addEventListener("input", () => {
      this.ignored = ignore.value;
      this.poller.schedule(DEBOUNCE_MS);
    });
  }

  /** Draws now, and regularly while a job runs. */
  start(): void {
    void this.poller.now();
  }

  private async fetch(signal: AbortSignal): Promise<void> {
    await sayingDamage(this.root, async () => {
      const found = await getJson<ComparisonView>(this.view.api, { ...this.view.query(), q: this.search }, signal);
      this.show(found);
      this.live = found.jobs.some((job) => !hasEnded(job));
      await this.wall.refresh();
    });
  }

  private show(found: ComparisonView): void {
    this.view.found = found;
    this.table.show(found);
    const names = new Set(found.metrics.map((metric) => metric.name));
    this.wall.each((card, name) => {
      card.frame.element.hidden = !names.has(name);
    });
    for (const { name } of found.metrics) if (!this.wall.get(name)) this.add(name);
    this.setVisible("[data-tools]", this.wall.size > 0);
    this.setVisible("[data-filter-box]", this.wall.size > 0);
    this.setVisible("[data-none]", found.jobs.length > 0 && found.metrics.length === 0);
    this.setVisible("[data-gone]", found.missing.length > 0);
    this.setVisible("[data-no-jobs]", found.jobs.length === 0);
    need(this.root, "[data-gone] p").textContent = t("No longer there: {jobs}", { jobs: found.missing.map((one) => `#${one}`).join(", ") });
    const total = found.metrics.length + found.metrics_left_out;
    need(this.root, "[data-filter-count]").textContent = t("{shown} of {total} metrics", { shown: found.metrics.length, total });
    this.showShared(found);
  }

  /** The arguments that all share, in one line. */
  private showShared(found: ComparisonView): void {
    const shared = Object.entries(found.jobs[0]?.arguments ?? {}).filter(([name]) => !found.differing.includes(name));
    this.setVisible("[data-equal]", shared.length > 0);
    need(this.root, "[data-equal] code").textContent = shared.map(([name, value]) => `${name} ${value}`).join("  ");
  }

  private setVisible(selector: string, shown: boolean): void {
    need<HTMLElement>(this.root, selector).hidden = !shown;
  }

  private add(name: string): void {
    this.wall.add(name, new CompareCard(name, this.view, (one, range) => this.wall.zoom(one, range)));
  }
}
