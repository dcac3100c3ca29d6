import type { MetricView } from "@openmo/shared/rest-api";
import { language, t } from "../ui/texts";
import type { Choices } from "./choices";
import { short } from "./format";
import { ChartFrame } from "./frame";
import type { Line } from "./plot";
import { type Range, type Series, within } from "./series";
import { type SeriesRequest, RefinedCard } from "./refined-card";
import { positive, smooth } from "./smoothing";

const POINTS = 1000;

/** One metric of a job: its last, lowest and highest value, and its curve, refined by the server where it is zoomed. */
export class MetricCard extends RefinedCard<Series> {
  readonly frame: ChartFrame;
  constructor(
    private metric: MetricView,
    private readonly api: string,
    private readonly choices: Choices,
    onZoom: (card: MetricCard, range: Range | null) => void,
  ) {
    super();
    const file = (format: string): string =>
      `${api}/export?${new URLSearchParams({ metric: metric.name, format }).toString()}`;
    const downloads = [
      { label: "CSV", address: file("csv") },
      { label: "Parquet", address: file("parquet") },
    ];
    this.frame = new ChartFrame(metric.name, { downloads, onZoom: (range) => onZoom(this, range) });
  }

  show(metric: MetricView): void {
    this.metric = metric;
    const about = metric.count > 1 && metric.min !== null ? t("min {min} · max {max}", this.ends(metric)) : "";
    this.frame.say(short(metric.last_value, language()), about);
  }

  paint(): void {
    if (!this.series || !this.visible) return;
    const { series, choices } = this;
    const raw = choices.log ? positive(series.y) : { shown: series.y, hidden: 0 };
    const log = choices.log && raw.shown.some((value) => value !== null);
    const y = log ? raw.shown : series.y;
    const lines: Line[] = [{ label: "", x: series.x, y, tone: 0, look: "line" }];
    if (choices.smoothing > 0) {
      const average = smooth(series.y, choices.smoothing);
      lines[0] = { label: t("raw"), x: series.x, y, tone: 0, look: "faint" };
      lines.push({ label: t("smoothed"), x: series.x, y: log ? positive(average).shown : average, tone: 0, look: "line" });
    }
    this.frame.paint({ lines, bands: [], kind: series.x_kind, log, range: this.range }, this.note(raw.hidden, log));
  }

  protected request(): SeriesRequest {
    const parameters = { metric: this.metric.name, points: String(POINTS), x: this.choices.axis, ...within(this.range) };
    return { address: `${this.api}/series`, parameters, version: this.metric.count };
  }

  private ends(metric: MetricView): { min: string; max: string } {
    return { min: short(metric.min, language()), max: short(metric.max, language()) };
  }

  /** Says what the curve stands for and what it leaves out. */
  private note(hidden: number, log: boolean): string {
    const series = this.series;
    const notes: string[] = [];
    if (series && !series.raw) notes.push(t("{total} points, drawn as {shown}", { total: series.total, shown: series.x.length }));
    if (hidden && log) notes.push(t("{count} values of 0 or less have no place on a log scale.", { count: hidden }));
    if (hidden && !log) notes.push(t("No value is above 0: drawn on a linear scale."));
    return notes.join(" · ");
  }
}
