import { language } from "./texts";

const isMissing = (value: unknown): boolean => value === null || value === undefined || Number.isNaN(value);

/** The order of two cells of a table: numbers before texts, or the other way round, and what is missing last either way. */
export function order(a: unknown, b: unknown, down = false): number {
  if (isMissing(a) || isMissing(b)) return Number(isMissing(a)) - Number(isMissing(b));
  const way = down ? -1 : 1;
  if (typeof a === "number" && typeof b === "number") return (a - b) * way;
  if (typeof a === "number" || typeof b === "number") return (typeof a === "number" ? -1 : 1) * way;
  return String(a).localeCompare(String(b), language(), { numeric: true }) * way;
}
