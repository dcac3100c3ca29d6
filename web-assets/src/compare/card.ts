import type { ComparedJob, ComparisonView } from "@openmo/shared/rest-api";
import { language, t } from "../ui/texts";
import type { Choices } from "../charts/choices";
import { short } from "../charts/format";
import { ChartFrame } from "../charts/frame";
import { type SeriesRequest, RefinedCard } from "../charts/refined-card";
import { type Range, within } from "../charts/series";
import { type ComparedSeries, moreIsBetter } from "./metrics";
import { picture } from "./lines";

/** What all cards of a comparison draw by. */
export interface View {
  api: string;
  query: () => Record<string, string>;
  choices: Choices;
  grouped: boolean;
  found: ComparisonView | null;
  hidden: Set<number>;
}

/** One metric of all the runs. */
export class CompareCard extends RefinedCard<ComparedSeries> {
  readonly frame: ChartFrame;
  constructor(
    readonly name: string,
    private readonly view: View,
    onZoom: (card: CompareCard, range: Range | null) => void,
  ) {
    super();
    const file = (format: string): string =>
      `${view.api}/export?${new URLSearchParams({ ...view.query(), metric: name, format }).toString()}`;
    const downloads = [
      { label: "CSV", address: file("csv") },
      { label: "Parquet", address: file("parquet") },
    ];
    this.frame = new ChartFrame(name, { downloads, onZoom: (range) => onZoom(this, range) });
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
    const names = { tone: (job: number) => Math.max(0, order.indexOf(job)), label: (jobs: readonly number[]) => label(jobs, view.found?.jobs ?? []) };
    this.frame.paint(picture(seen, view.choices, names, this.range));
  }

  protected request(): SeriesRequest | null {
    const { view } = this;
    if (!view.found) return null;
    const parameters = {
      ...view.query(),
      metric: this.name,
      x: view.choices.axis,
      grouped: String(view.grouped),
      ...within(this.range),
    };
    return { address: `${view.api}/series`, parameters, version: view.found.jobs.map((job) => job.metrics[this.name]?.count) };
  }

  private best(found: ComparisonView): string {
    const more = moreIsBetter(this.name);
    const values = found.jobs.flatMap((job) => job.metrics[this.name]?.[more ? "max" : "min"] ?? []);
    if (values.length === 0) return "";
    return t("best {value}", { value: short(more ? Math.max(...values) : Math.min(...values), language()) });
  }
}

/** What the lines of those jobs are called: a job's number and name, or how many runs a mean stands for. */
export function label(numbers: readonly number[], jobs: readonly ComparedJob[]): string {
  if (numbers.length > 1) return `#${numbers.join(", #")}`;
  const job = jobs.find((one) => one.number === numbers[0]);
  return job ? `#${job.number} ${job.name}` : "";
}
