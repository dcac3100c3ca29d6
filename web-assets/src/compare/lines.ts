import type { GroupCurve } from "@openmo/shared/rest-api";
import type { Choices } from "../charts/choices";
import type { Line, Picture } from "../charts/plot";
import type { Range } from "../charts/series";
import { positive, smooth } from "../charts/smoothing";
import type { ComparedSeries } from "./metrics";

interface Names {
  tone: (job: number) => number;
  label: (jobs: readonly number[]) => string;
}

/** One metric of several jobs as lines: one for each run, or the mean of each group with the area of its deviation. */
export function picture(found: ComparedSeries, choices: Choices, names: Names, range: Range | null): Picture {
  const lines: Line[] = [];
  const bands: Range[] = [];
  const shown = (y: readonly (number | null)[]): readonly (number | null)[] => (choices.log ? positive(y).shown : y);
  for (const curve of found.curves) {
    const tone = names.tone(curve.job);
    const label = names.label([curve.job]);
    if (choices.smoothing > 0) lines.push({ label, x: curve.x, y: shown(curve.y), tone, look: "faint" });
    lines.push({ label, x: curve.x, y: shown(smooth(curve.y, choices.smoothing)), tone, look: "line" });
  }
  for (const group of found.groups) {
    const tone = names.tone(group.jobs[0] ?? 0);
    const mean = smooth(group.mean, choices.smoothing);
    const { upper, lower } = edges({ ...group, mean });
    const label = names.label(group.jobs);
    lines.push({ label, x: group.x, y: shown(mean), tone, look: "line" });
    if (group.jobs.length < 2) continue;
    lines.push({ label: `${label} + σ`, x: group.x, y: shown(upper), tone, look: "edge" });
    lines.push({ label: `${label} − σ`, x: group.x, y: shown(lower), tone, look: "edge" });
    bands.push([lines.length - 2, lines.length - 1]);
  }
  const log = choices.log && lines.some((line) => line.y.some((value) => value !== null));
  return { lines, bands, kind: found.x_kind, log, range };
}

/** One deviation above and below the mean; where fewer than two runs reach, the area has no width. */
export function edges(group: GroupCurve): { upper: readonly (number | null)[]; lower: readonly (number | null)[] } {
  const at = (sign: number): readonly (number | null)[] =>
    group.mean.map((mean, index) => (mean === null ? null : mean + sign * (group.deviation[index] ?? 0)));
  return { upper: at(1), lower: at(-1) };
}
