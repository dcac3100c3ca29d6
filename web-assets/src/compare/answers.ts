import type { Kind, Series } from "../charts/series";

/** Jobs beside each other, as the API tells them. */
export interface Outcome {
  count: number;
  last: number | null;
  min: number | null;
  max: number | null;
}

export interface ComparedJob {
  number: number;
  name: string;
  script: string;
  state: "pending" | "running" | "succeeded" | "failed" | "terminated";
  url: string;
  started_at: string | null;
  seconds: number | null;
  code: string;
  arguments: Record<string, string>;
  metrics: Record<string, Outcome>;
}

export interface Comparison {
  jobs: ComparedJob[];
  missing: number[];
  differing: string[];
  metrics: { name: string; jobs: number }[];
  metrics_left_out: number;
  groups: { jobs: number[]; arguments: Record<string, string> }[];
}

export interface GroupCurve {
  jobs: number[];
  x: number[];
  mean: (number | null)[];
  deviation: (number | null)[];
  runs: number[];
}

export interface ComparedSeries {
  name: string;
  x_kind: Kind;
  curves: (Series & { job: number })[];
  groups: GroupCurve[];
}

const HIGHER = /(^|[^a-z])(acc|accuracy|auc|f1|precision|recall|score|iou|miou|bleu|rouge|r2|psnr|ssim|dice|map|reward|return)([^a-z]|$)/i;

/** Whether more of that metric is better, as far as its name tells; the table says which it took. */
export const moreIsBetter = (name: string): boolean => HIGHER.test(name.replace(/_/g, " "));
