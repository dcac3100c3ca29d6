/**
 * The exponential moving average as TensorBoard draws it, without the pull towards zero at the start. `weight` from 0 (the
 * curve itself) to below 1; a gap stays a gap and the average goes on behind it.
 */
export function smooth(values: readonly (number | null)[], weight: number): readonly (number | null)[] {
  if (weight <= 0) return values;
  let last = 0;
  let seen = 0;
  return values.map((value) => {
    if (value === null || !Number.isFinite(value)) return null;
    last = last * weight + (1 - weight) * value;
    seen += 1;
    return last / (1 - weight ** seen);
  });
}

/** The values that a logarithmic scale can show, the others as gaps, and how many these are. */
export function positive(values: readonly (number | null)[]): { shown: readonly (number | null)[]; hidden: number } {
  let hidden = 0;
  const shown = values.map((value) => {
    if (value === null || value > 0) return value;
    hidden += 1;
    return null;
  });
  return { shown, hidden };
}
