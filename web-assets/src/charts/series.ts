import type { SeriesView } from "@openmo/shared/rest-api";

/** What stands on the X axis. */
export type Kind = "step" | "epoch" | "time" | "elapsed";

/** A curve with its kind of X axis, which the API declares as any text. */
export type WithKind<S extends { readonly x_kind: string }> = Omit<S, "x_kind"> & { readonly x_kind: Kind };

export type Series = WithKind<SeriesView>;

/** Both ends of a part of the X axis. */
export type Range = [number, number];

/** The part of a query that requests a range; a curve that is zoomed into takes in a point beyond each edge. */
export function within(range: Range | null): Record<string, string> {
  return range ? { start: String(range[0]), end: String(range[1]), beside: "true" } : {};
}
