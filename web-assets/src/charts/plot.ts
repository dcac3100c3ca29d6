import uPlot from "uplot";
import { language } from "../ui/texts";
import { kindName, place, short } from "./format";
import type { Kind, Range } from "./series";

/** Pixels from one mark of the axis to the next at least: a time of day takes more than a number. */
const STEP_SPACE = 50;
const TIME_SPACE = 100;
/** What the X axis is called takes that much of the height. */
const LABEL_HEIGHT = 16;
const HEIGHT = 208 + LABEL_HEIGHT;
const DASHES = [[], [7, 4], [2, 3], [10, 4, 2, 4]];
/** Colours of lines, of which all pairs differ to readers who do not see red or green; then dashes begin. */
const COLOURS = 8;

export interface Line {
  label: string;
  x: readonly number[];
  y: readonly (number | null)[];
  /** Which colour and dash; 0 is the first. */
  tone: number;
  look: "line" | "faint" | "edge";
}

export interface Picture {
  lines: Line[];
  /** Pairs of lines, upper and lower, between which the area is filled. */
  bands: Range[];
  kind: Kind;
  log: boolean;
  /** Whether the Y axis begins at 0, as amounts do; by default it begins at the lowest value. */
  fromZero?: boolean;
  range: Range | null;
}

interface Listener {
  /** A part of the X axis was chosen, or all of it again. */
  onZoom(range: Range | null): void;
  /** The cursor stands at that x, or nowhere. */
  onCursor(x: number | null): void;
}

/** The colour of a line; the same in charts and in tables beside them. */
export const toneClass = (tone: number): string => `tone-${(tone % COLOURS) + 1}`;

/** One drawing of lines over a common X axis, which can be zoomed with the pointer and walked along by keyboard. */
export class Plot {
  private plot: uPlot | null = null;
  private picture: Picture | null = null;
  private shape = "";

  constructor(
    private readonly box: HTMLElement,
    private readonly listener: Listener,
  ) {
    box.addEventListener("keydown", (event) => this.onKey(event));
    box.addEventListener("dblclick", () => this.listener.onZoom(null));
    box.addEventListener("blur", () => this.listener.onCursor(null));
    new ResizeObserver(() => this.resize()).observe(box);
  }

  /** The canvas as it is now, None before the first drawing. */
  get canvas(): HTMLCanvasElement | null {
    return this.plot?.ctx.canvas ?? null;
  }

  draw(picture: Picture): void {
    const shape = JSON.stringify([picture.kind, picture.log, picture.fromZero, picture.bands, picture.lines.map((line) => [line.tone, line.look])]);
    this.picture = picture;
    if (!this.plot || shape !== this.shape) {
      this.shape = shape;
      this.redraw();
    } else {
      this.plot.setData(data(picture));
    }
  }

  /** Frees the canvas and forgets what was on it, until `draw`. */
  clear(): void {
    this.picture = null;
    this.free();
  }

  /** In the colours of the page as they are now. */
  redraw(): void {
    if (!this.picture || !this.box.isConnected) return;
    this.free();
    if (this.box.clientWidth === 0 || this.picture.lines.length === 0) return;
    this.plot = new uPlot(this.options(this.picture), data(this.picture), this.box);
  }

  private free(): void {
    this.plot?.destroy();
    this.plot = null;
  }

  private resize(): void {
    if (this.box.clientWidth === 0) return;
    if (this.plot) this.plot.setSize({ width: this.box.clientWidth, height: HEIGHT });
    else this.redraw();
  }

  private options(picture: Picture): uPlot.Options {
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string): string => style.getPropertyValue(name).trim();
    const axis: uPlot.Axis = {
      stroke: colour("--bs-secondary-color"),
      grid: { stroke: colour("--om-grid"), width: 1 },
      ticks: { show: false },
      font: "11px system-ui, sans-serif",
    };
    return {
      width: this.box.clientWidth,
      height: HEIGHT,
      padding: [10, 8, 0, 0],
      legend: { show: false },
      cursor: {
        points: { size: 7 },
        drag: { x: true, y: false, setScale: false },
        bind: { dblclick: () => null },
      },
      scales: {
        x: { time: false, range: (_plot, low, high) => this.xRange(low, high) },
        y: picture.log ? { distr: 3, log: 10 } : picture.fromZero ? { range: (_plot, _low, high) => upFromZero(high) } : {}, // eslint-disable-line @typescript-eslint/no-unsafe-enum-assignment -- uPlot declares the enum but ships none
      },
      axes: [
        { ...axis, size: 28, label: kindName(picture.kind), labelSize: LABEL_HEIGHT, labelGap: 0, labelFont: axis.font ?? "", space: picture.kind === "time" ? TIME_SPACE : STEP_SPACE, values: (_plot, ticks) => ticks.map((tick) => place(tick, picture.kind)) },
        { ...axis, size: 58, values: (_plot, ticks: readonly (number | null)[]) => ticks.map((tick) => (tick === null ? "" : short(tick, language()))) },
      ],
      series: [{}, ...picture.lines.map((line) => stroke(line, colour(`--om-line-${(line.tone % COLOURS) + 1}`)))],
      bands: picture.bands.map(([upper, lower]) => ({
        series: [upper + 1, lower + 1],
        fill: `${colour(`--om-line-${((picture.lines[upper]?.tone ?? 0) % COLOURS) + 1}`)}33`,
      })),
      hooks: { setSelect: [(plot) => this.selected(plot)], setCursor: [(plot) => this.cursorMoved(plot)] },
    };
  }

  private xRange(low: number | null, high: number | null): Range {
    if (this.picture?.range) return this.picture.range;
    if (low === null || high === null) return [0, 1];
    return low === high ? [low - 0.5, high + 0.5] : [low, high];
  }

  private selected(plot: uPlot): void {
    const { left, width } = plot.select;
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    if (width < 4) return;
    this.listener.onZoom([plot.posToVal(left, "x"), plot.posToVal(left + width, "x")]);
  }

  private cursorMoved(plot: uPlot): void {
    const at = plot.cursor.idx;
    this.listener.onCursor(at === null || at === undefined ? null : (plot.data[0][at] ?? null));
  }

  private onKey(event: KeyboardEvent): void {
    const plot = this.plot;
    if (!plot || event.altKey || event.ctrlKey || event.metaKey) return;
    const { min = 0, max = 1 } = plot.scales.x ?? {};
    const xs = plot.data[0];
    const first = xs.findIndex((x) => x >= min);
    const last = xs.findLastIndex((x) => x <= max);
    if (event.key === "Escape") return this.listener.onZoom(null);
    if (event.key === "+" || event.key === "=") return this.listener.onZoom(this.closer(plot, min, max));
    if (first < 0 || last < first) return;
    const at = plot.cursor.idx ?? null;
    const far = Math.max(1, Math.round((last - first) / 10));
    const from = at ?? first - 1;
    const moves: Record<string, number> = {
      ArrowRight: from + (event.shiftKey ? far : 1),
      ArrowLeft: (at ?? last + 1) - (event.shiftKey ? far : 1),
      PageDown: from + far,
      PageUp: (at ?? last + 1) - far,
      Home: first,
      End: last,
    };
    const to = moves[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const x = xs[Math.min(Math.max(to, first), last)] ?? min;
    plot.setCursor({ left: plot.valToPos(x, "x"), top: plot.over.clientHeight / 2 });
  }

  /** Half of what is shown, around the cursor. */
  private closer(plot: uPlot, min: number, max: number): Range {
    const middle = plot.data[0][plot.cursor.idx ?? -1] ?? (min + max) / 2;
    const quarter = (max - min) / 4;
    return [Math.max(min, middle - quarter), Math.min(max, middle + quarter)];
  }
}

/** From 0 to a little above the highest value. */
export function upFromZero(high: number | null): Range {
  return [0, high !== null && high > 0 ? high * 1.08 : 1];
}

function stroke(line: Line, colour: string): uPlot.Series {
  const look = { line: { width: 1.75, stroke: colour }, faint: { width: 1, stroke: `${colour}55` }, edge: { width: 0, stroke: "transparent" } };
  return {
    ...look[line.look],
    dash: DASHES[Math.floor(line.tone / COLOURS) % DASHES.length] ?? [],
    spanGaps: false,
    points: { show: line.look === "line" && line.x.length < 60, size: 4, fill: colour },
  };
}

function data(picture: Picture): uPlot.AlignedData {
  const first = picture.lines[0];
  if (!first) return [[]];
  const isCommon = picture.lines.every((line) => line.x === first.x);
  const columns = isCommon ? [first.x, ...picture.lines.map((line) => line.y)] : null;
  // uPlot changes none of its data, whatever its types say.
  return columns ? (columns as uPlot.AlignedData) : uPlot.join(picture.lines.map((line) => [line.x, line.y] as unknown as uPlot.AlignedData));
}
