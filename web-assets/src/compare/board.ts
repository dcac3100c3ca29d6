import { remembered } from "../charts/choices";
import { ask, type Range } from "../charts/series";
import { toolbar } from "../charts/toolbar";
import { Viewport } from "../charts/viewport";
import { need } from "../ui/dom";
import { segments } from "../ui/segments";
import { t } from "../ui/texts";
import type { Comparison } from "./answers";
import { CompareCard, type View } from "./card";
import { CompareTable } from "./table";

const LIVE_EVERY = 3000;
const SETTLE = 250;

/** Runs beside each other: a table, and a chart for each metric, refreshed while one of them runs. */
export class CompareBoard {
  private readonly cards = new Map<string, CompareCard>();
  private readonly placed = new Map<Element, CompareCard>();
  private readonly view: View;
  private readonly table: CompareTable;
  private readonly viewport = new Viewport((element, near) => this.moved(element, near));
  private search = "";
  private ignored = "seed";
  private asTable = false;
  private timer = 0;

  constructor(
    private readonly root: HTMLElement,
    api: string,
    numbers: string,
  ) {
    this.view = {
      api,
      query: () => ({ n: numbers, ignore: this.ignored }),
      choices: remembered(),
      grouped: false,
      found: null,
      hidden: new Set(),
    };
    this.table = new CompareTable(need(root, "[data-table]"), this.view.hidden, () => this.each((card) => card.paint()));
    toolbar(root, this.view.choices, {
      axis: () => this.forget(),
      look: () => this.each((card) => card.paint()),
      table: (yes) => {
        this.asTable = yes;
        this.each((card) => card.frame.showTable(yes));
      },
      filter: (words) => {
        this.search = words.join(" ");
        this.soon();
      },
    });
    segments(need(root, "[data-grouping]"), (value) => {
      this.view.grouped = value === "mean";
      need<HTMLElement>(root, "[data-ignore-box]").hidden = !this.view.grouped;
      this.each((card) => void card.refresh().catch(() => undefined));
    });
    const ignore = need<HTMLInputElement>(root, "[data-ignore]");
    ignore.addEventListener("input", () => {
      this.ignored = ignore.value;
      this.soon();
    });
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) void this.refresh();
    });
  }

  async refresh(): Promise<void> {
    clearTimeout(this.timer);
    let live = true;
    try {
      const found = await ask<Comparison>(this.view.api, { ...this.view.query(), q: this.search });
      this.show(found);
      live = found.jobs.some((job) => job.state === "pending" || job.state === "running");
      await Promise.all([...this.cards.values()].map((card) => card.refresh()));
    } catch {
      // The next look tries again.
    }
    clearTimeout(this.timer);
    if (live && !document.hidden) this.timer = window.setTimeout(() => void this.refresh(), LIVE_EVERY);
  }

  private soon(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.refresh(), SETTLE);
  }

  private show(found: Comparison): void {
    this.view.found = found;
    this.table.show(found);
    const wanted = new Set(found.metrics.map((metric) => metric.name));
    for (const [name, card] of this.cards) card.frame.element.hidden = !wanted.has(name);
    for (const { name } of found.metrics) if (!this.cards.has(name)) this.add(name);
    this.part("[data-tools]", this.cards.size > 0);
    this.part("[data-filter-box]", this.cards.size > 0);
    this.part("[data-none]", found.jobs.length > 0 && found.metrics.length === 0);
    this.part("[data-gone]", found.missing.length > 0);
    this.part("[data-no-jobs]", found.jobs.length === 0);
    need(this.root, "[data-gone] p").textContent = t("No longer there: {jobs}", { jobs: found.missing.map((one) => `#${one}`).join(", ") });
    const total = found.metrics.length + found.metrics_left_out;
    need(this.root, "[data-filter-count]").textContent = t("{shown} of {total} metrics", { shown: found.metrics.length, total });
    this.equal(found);
  }

  /** The arguments that all share, in one line. */
  private equal(found: Comparison): void {
    const shared = Object.entries(found.jobs[0]?.arguments ?? {}).filter(([name]) => !found.differing.includes(name));
    this.part("[data-equal]", shared.length > 0);
    need(this.root, "[data-equal] code").textContent = shared.map(([name, value]) => `${name} ${value}`).join("  ");
  }

  private part(selector: string, shown: boolean): void {
    need<HTMLElement>(this.root, selector).hidden = !shown;
  }

  private add(name: string): void {
    const card = new CompareCard(name, this.view, (one, range) => this.zoom(one, range));
    this.cards.set(name, card);
    this.placed.set(card.frame.element, card);
    if (this.asTable) card.frame.showTable(true);
    need(this.root, "[data-charts]").append(card.frame.element);
    this.viewport.watch(card.frame.element);
  }

  private moved(element: Element, near: boolean): void {
    const card = this.placed.get(element);
    if (!card || card.visible === near) return;
    if (!near) return card.hide();
    card.visible = true;
    card.paint();
    card.refresh().catch(() => undefined);
  }

  private zoom(chosen: CompareCard, range: Range | null): void {
    this.each((card) => {
      if (card === chosen || (this.view.choices.together && card.kind === chosen.kind)) card.zoom(range);
    });
  }

  private forget(): void {
    this.each((card) => {
      card.range = null;
      card.refresh().catch(() => undefined);
    });
  }

  private each(act: (card: CompareCard) => void): void {
    for (const card of this.cards.values()) act(card);
  }
}
