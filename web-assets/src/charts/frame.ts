import { h } from "@openmo/shared/dom";
import { icon } from "../ui/dom";
import { language, t } from "../ui/texts";
import { kindName, place, short } from "./format";
import { savePng } from "./picture-file";
import { type Line, type Picture, Plot, toneClass } from "./plot";
import type { Range } from "./series";

const MAX_READOUTS = 10;
const MAX_TABLE_ROWS = 500;

/** A file that the reader can save. */
export interface Download {
  label: string;
  address: string;
}

/** A card with a chart: its name, what it says in words, the drawing, and the same as a table. */
export class ChartFrame {
  readonly element: HTMLElement;
  readonly value = h("span", { class: "value" });
  private readonly about = h("p", { class: "chart-about" });
  private readonly box: HTMLElement;
  private readonly readout = h("div", { class: "plot-read", "aria-live": "off" });
  private readonly tableBox = h("div", { class: "scroll", tabindex: "0" });
  private readonly resetButton: HTMLButtonElement;
  private readonly plot: Plot;
  private picture: Picture | null = null;
  private note = "";
  private cursorX: number | null = null;

  constructor(
    readonly name: string,
    options: { downloads?: Download[]; onZoom: (range: Range | null) => void },
  ) {
    const label = t("{name}: chart. Arrow keys move along the points, + zooms in, Escape shows all.", { name });
    this.box = h("div", { class: "plot", tabindex: "0", role: "application", "aria-label": label });
    this.tableBox.hidden = true;
    this.resetButton = h("button", { type: "button", class: "btn btn-quiet btn-sm" }, t("Show all"));
    this.resetButton.hidden = true;
    this.resetButton.addEventListener("click", () => options.onZoom(null));
    this.element = h(
      "section",
      { class: "panel chart-card", "aria-label": name },
      h("header", {}, h("h3", { class: "mono", title: name }, name), this.value),
      h("div", { class: "chart-line" }, this.about, this.resetButton, this.menu(options.downloads ?? [])),
      this.box,
      this.readout,
      this.tableBox,
    );
    this.box.addEventListener("keydown", () => this.readout.setAttribute("aria-live", "polite"));
    this.box.addEventListener("pointermove", () => this.readout.setAttribute("aria-live", "off"));
    this.plot = new Plot(this.box, { onZoom: options.onZoom, onCursor: (x) => this.showReadout(x) });
  }

  /** Draws anew what is drawn. */
  redraw(): void {
    this.plot.redraw();
  }

  /** Last value and the words below the name. */
  say(value: string, about: string): void {
    this.value.textContent = value;
    this.about.textContent = about;
  }

  /** Draws; `note` stands below while no point is selected. */
  paint(picture: Picture, note = ""): void {
    this.picture = picture;
    this.note = note;
    this.resetButton.hidden = picture.range === null;
    if (!this.box.hidden) this.plot.draw(picture);
    if (!this.tableBox.hidden) this.fillTable();
    this.showReadout(this.cursorX);
  }

  showTable(yes: boolean): void {
    this.tableBox.hidden = !yes;
    this.box.hidden = this.readout.hidden = yes;
    if (!this.picture) return;
    if (yes) this.fillTable();
    else this.plot.draw(this.picture);
  }

  /** Frees what a chart out of sight need not hold. */
  clear(): void {
    this.picture = null;
    this.cursorX = null;
    this.plot.clear();
    this.tableBox.replaceChildren();
  }

  private menu(downloads: Download[]): HTMLElement {
    const png = h("button", { type: "button" }, "PNG");
    png.addEventListener("click", () => savePng(this.plot.canvas, this.name));
    const links = downloads.map(({ label, address }) => h("a", { href: address, download: true }, label));
    const summary = h("summary", { class: "btn btn-quiet btn-sm p-1", title: t("Download") }, icon("download"));
    summary.setAttribute("aria-label", t("Download {name}", { name: this.name }));
    return h("details", { class: "menu" }, summary, h("div", { class: "menu-list" }, png, ...links));
  }

  /** The values at an x in words; without one the note. */
  private showReadout(x: number | null): void {
    this.cursorX = x;
    if (x === null || !this.picture) {
      this.readout.textContent = this.note;
      return;
    }
    const { kind, lines } = this.picture;
    const readings = lines.filter((line) => line.look !== "edge").map((line) => ({ line, value: valueAt(line, x) }));
    const known = readings.filter(({ value }) => value !== undefined).slice(0, MAX_READOUTS);
    const values = known.map(({ line, value }) =>
      h("span", { class: "told" }, h("i", { class: `swatch ${toneClass(line.tone)}` }), `${line.label ? `${line.label} ` : ""}${short(value, language())}`),
    );
    this.readout.replaceChildren(`${kindName(kind)} ${place(x, kind)} `, ...values);
  }

  private fillTable(): void {
    if (!this.picture) return;
    const { kind, lines } = this.picture;
    const titled = rowsOf(lines).map(({ x, values }) =>
      h(
        "tr",
        {},
        h("td", {}, place(x, kind)),
        ...values.map((value) => h("td", { class: "end num" }, value === undefined ? "" : short(value, language()))),
      ),
    );
    const head = [kindName(kind), ...lines.map((line) => line.label || this.name)];
    const titles = head.map((title, index) => h("th", { scope: "col", class: index ? "end" : "" }, title));
    this.tableBox.replaceChildren(
      h("table", { class: "rows" }, h("thead", {}, h("tr", {}, ...titles)), h("tbody", {}, ...titled)),
    );
  }
}

interface Row {
  x: number;
  values: (number | null | undefined)[];
}

/** The last rows of a table of lines: point by point where all have the same, else an x each. */
export function rowsOf(lines: Line[]): Row[] {
  const first = lines[0];
  if (first && lines.every((line) => line.x === first.x)) {
    const rows = first.x.map((x, index) => ({ x, values: lines.map((line) => line.y[index]) }));
    return rows.slice(-MAX_TABLE_ROWS);
  }
  const xs = [...new Set(lines.flatMap((line) => line.x))].sort((a, b) => a - b).slice(-MAX_TABLE_ROWS);
  const columns = lines.map((line) => new Map(line.x.map((x, index) => [x, line.y[index]])));
  return xs.map((x) => ({ x, values: columns.map((column) => column.get(x)) }));
}

/** The line's value at the point that is nearest to x; undefined where the line does not reach. */
export function valueAt(line: Line, x: number): number | null | undefined {
  const { x: xs, y } = line;
  const first = xs[0];
  const last = xs.at(-1);
  if (first === undefined || last === undefined || x < first || x > last) return undefined;
  let low = 0;
  let high = xs.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((xs[middle] ?? 0) <= x) low = middle;
    else high = middle;
  }
  return x - (xs[low] ?? 0) <= (xs[high] ?? 0) - x ? y[low] : y[high];
}
