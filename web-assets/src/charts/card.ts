import uPlot from "uplot";
import { h } from "../ui/dom";
import { language, t } from "../ui/texts";
import { clock, short } from "./format";
import type { Metric, Series } from "./series";

const HEIGHT = 208;

/** One metric: its last value, its curve, and the same as a table. */
export class ChartCard {
  readonly element: HTMLElement;
  /** How many points the curve was drawn from; -1 before the first. */
  drawn = -1;
  private readonly value = h("span", { class: "value" });
  private readonly plotBox = h("div", { class: "plot" });
  private readonly read = h("div", { class: "plot-read", "aria-live": "off" });
  private readonly tableBox = h("div", { class: "scroll", tabindex: "0" });
  private plot: uPlot | null = null;
  private series: Series | null = null;

  constructor(readonly name: string) {
    this.tableBox.hidden = true;
    this.element = h(
      "section",
      { class: "panel chart-card", "aria-label": name },
      h("header", {}, h("h3", { class: "mono", title: name }, name), this.value),
      this.plotBox,
      this.read,
      this.tableBox,
    );
    new ResizeObserver(() => {
      if (this.plotBox.clientWidth > 0) this.plot?.setSize({ width: this.plotBox.clientWidth, height: HEIGHT });
    }).observe(this.plotBox);
    window.addEventListener("openmo-theme", () => this.redraw());
  }

  show(metric: Metric): void {
    this.value.textContent = short(metric.last_value, language());
  }

  draw(series: Series): void {
    const sameAxis = this.series?.x_kind === series.x_kind;
    this.series = series;
    this.drawn = series.total;
    this.table(series);
    if (this.plot && sameAxis) this.plot.setData([series.x, series.y]);
    else this.redraw();
  }

  showTable(yes: boolean): void {
    this.tableBox.hidden = !yes;
    this.plotBox.hidden = this.read.hidden = yes;
    if (!yes) this.redraw();
  }

  private redraw(): void {
    this.plot?.destroy();
    this.plot = null;
    if (!this.series || this.plotBox.hidden || this.plotBox.clientWidth === 0) return;
    this.plot = new uPlot(this.options(this.series), [this.series.x, this.series.y], this.plotBox);
  }

  private options(series: Series): uPlot.Options {
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string): string => style.getPropertyValue(name).trim();
    const axis: uPlot.Axis = {
      stroke: colour("--bs-secondary-color"),
      grid: { stroke: colour("--om-grid"), width: 1 },
      ticks: { show: false },
      font: "11px system-ui, sans-serif",
    };
    const line = colour("--om-accent");
    return {
      width: this.plotBox.clientWidth,
      height: HEIGHT,
      padding: [10, 8, 0, 0],
      cursor: { points: { size: 7 }, drag: { x: true, y: false } },
      scales: { x: { time: false } },
      axes: [
        { ...axis, size: 28, values: (_plot, ticks) => ticks.map((tick) => this.xText(tick, series)) },
        { ...axis, size: 54, values: (_plot, ticks) => ticks.map((tick) => short(tick, language())) },
      ],
      series: [{}, { stroke: line, width: 1.75, spanGaps: false, points: { show: series.x.length < 60, size: 4, fill: line } }],
      hooks: { setCursor: [(plot) => this.point(plot, series)] },
    };
  }

  private xText(value: number, series: Series): string {
    return series.x_kind === "time" ? clock(value, language()) : short(value, language());
  }

  private point(plot: uPlot, series: Series): void {
    const at = plot.cursor.idx;
    const x = at === null || at === undefined ? undefined : series.x[at];
    if (at === null || at === undefined || x === undefined) {
      this.read.textContent = this.note(series);
      return;
    }
    this.read.textContent = `${this.kind(series)} ${this.xText(x, series)} · ${short(series.y[at], language())}`;
  }

  private kind(series: Series): string {
    return { step: t("Step"), epoch: t("Epoch"), time: t("Time") }[series.x_kind];
  }

  /** Says when the curve stands for more points than it shows. */
  private note(series: Series): string {
    return series.raw ? "" : t("{total} points, drawn as {shown}", { total: series.total, shown: series.x.length });
  }

  private table(series: Series): void {
    const rows = series.x.slice(-500).map((x, index, shown) => {
      const y = series.y[series.x.length - shown.length + index];
      return h("tr", {}, h("td", {}, this.xText(x, series)), h("td", { class: "end num" }, short(y, language())));
    });
    const head = h("tr", {}, h("th", { scope: "col" }, this.kind(series)), h("th", { scope: "col", class: "end" }, this.name));
    this.tableBox.replaceChildren(h("table", { class: "rows" }, h("thead", {}, head), h("tbody", {}, ...rows)));
    this.read.textContent = this.note(series);
  }
}
