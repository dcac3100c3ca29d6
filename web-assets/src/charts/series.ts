/** The metrics of a job as the API tells them. */
export interface Metric {
  name: string;
  count: number;
  last_value: number | null;
}

export interface Series {
  name: string;
  x: number[];
  y: (number | null)[];
  x_kind: "step" | "epoch" | "time";
  total: number;
  raw: boolean;
}

async function get<T>(address: string): Promise<T> {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status} ${address}`);
  return (await answer.json()) as T;
}

export const fetchMetrics = async (api: string): Promise<Metric[]> =>
  (await get<{ metrics: Metric[] }>(`${api}/metrics`)).metrics;

export function fetchSeries(api: string, name: string, axis: string, points: number): Promise<Series> {
  const query = new URLSearchParams({ metric: name, points: String(points), x: axis });
  return get<Series>(`${api}/metrics/series?${query.toString()}`);
}
