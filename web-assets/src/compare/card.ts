import { language, t } from "../ui/texts";
import type { Choices } from "../charts/choices";
import { short } from "../charts/format";
import { ChartFrame } from "../charts/frame";
import { ask, type Kind, type Range } from "../charts/series";
import type { ComparedJob, ComparedSeries, Comparison } from "./answers";
import { moreIsBetter } from "./answers";
import { picture } from "./lines";

const SETTLE = 150;

/** What all cards of a comparison draw by. */
export interface View {
  api: string;
  query: () => Record<string, string>;
  choices: Choices;
  grouped: boolean;
  found: Comparison | null;
  hidden: Set<number>;
}

/** One metric of all the runs. */
export class CompareCard {
  readonly frame: ChartFrame;
  range: Range | null = null;
  visible = false;
  private series: ComparedSeries | null = null;
  private asked = "";
  private timer = 0;
  private request: AbortController | null = null;

  constructor(
    readonly name: string,
    private readonly view: View,
    zoomed: (card: CompareCard, range: Range | null) => void,
  ) {
    const file = (format: string): string =>
      `${view.api}/export?${new URLSearchParams({ ...view.query(), metric: name, format }).toString()}`;
    const downloads = [
      { label: "CSV", address: file("csv") },
      { label: "Parquet", address: file("parquet") },
    ];
    this.frame = new ChartFrame(name, { downloads, zoomed: (range) => zoomed(this, range) });
  }

  get kind(): Kind | null {
    return this.series?.x_kind ?? null;
  }

  zoom(range: Range | null): void {
    this.range = range;
    this.paint();
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.refresh(), SETTLE);
  }

  async refresh(): Promise<void> {
    const { view } = this;
    if (!this.visible || !view.found) return;
    const edges = this.range ? { start: String(this.range[0]), end: String(this.range[1]) } : {};
    const values = { ...view.query(), metric: this.name, x: view.choices.axis, grouped: String(view.grouped), ...edges };
    const asked = JSON.stringify([values, view.found.jobs.map((job) => job.metrics[this.name]?.count)]);
    if (asked === this.asked) return;
    this.asked = asked;
    this.request?.abort();
    this.request = new AbortController();
    try {
      this.series = await ask<ComparedSeries>(`${view.api}/series`, values, this.request.signal);
      this.paint();
    } catch (error) {
      if (this.asked === asked) this.asked = "";
      if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
    }
  }

  paint(): void {
    const { view, series } = this;
    if (!series || !this.visible || !view.found) return;
    this.frame.say(this.best(view.found), "");
    const order = view.found.jobs.map((job) => job.number);
    const seen = {
      ...series,
      curves: series.curves.filter((curve) => !view.hidden.has(curve.job)),
      groups: series.groups.filter((group) => !group.jobs.every((job) => view.hidden.has(job))),
    };
    const names = { tone: (job: number) => Math.max(0, order.indexOf(job)), label: (jobs: number[]) => label(jobs, view.found?.jobs ?? []) };
    this.frame.paint(picture(seen, view.choices, names, this.range));
  }

  hide(): void {
    this.visible = false;
    this.frame.clear();
  }

  private best(found: Comparison): string {
    const more = moreIsBetter(this.name);
    const values = found.jobs.flatMap((job) => job.metrics[this.name]?.[more ? "max" : "min"] ?? []);
    if (values.length === 0) return "";
    return t("best {value}", { value: short(more ? Math.max(...values) : Math.min(...values), language()) });
  }
}

/** What the lines of those jobs are called: a job's number and name, or how many runs a mean stands for. */
export function label(numbers: number[], jobs: ComparedJob[]): string {
  if (numbers.length > 1) return `#${numbers.join(", #")}`;
  const job = jobs.find((one) => one.number === numbers[0]);
  return job ? `#${job.number} ${job.name}` : "";
}
