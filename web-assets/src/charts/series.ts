/** The metrics of jobs as the API tells them. */
export interface Metric {
  name: string;
  count: number;
  last_value: number | null;
  min: number | null;
  max: number | null;
}

export interface MetricList {
  metrics: Metric[];
  dropped: number;
  malformed: number;
  malformed_line: string | null;
}

export type Kind = "step" | "epoch" | "time" | "elapsed";

export interface Series {
  name: string;
  x: number[];
  y: (number | null)[];
  x_kind: Kind;
  total: number;
  raw: boolean;
}

/** Both ends of a part of the X axis. */
export type Range = [number, number];

/** What the API answers there; throws for anything but success. */
export async function ask<T>(address: string, values: Record<string, string>, signal?: AbortSignal): Promise<T> {
  const query = new URLSearchParams(values).toString();
  const options: RequestInit = { headers: { Accept: "application/json" } };
  if (signal) options.signal = signal;
  const answer = await fetch(query ? `${address}?${query}` : address, options);
  if (!answer.ok) throw new Error(`${answer.status} ${address}`);
  const told = (await answer.json()) as T;
  signal?.throwIfAborted(); // an answer that is here already may be outdated all the same
  return told;
}

/** The part of a query that asks for a range; a curve that is zoomed into takes in a point beyond each edge. */
export function within(range: Range | null): Record<string, string> {
  return range ? { start: String(range[0]), end: String(range[1]), beside: "true" } : {};
}
