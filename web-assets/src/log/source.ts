/** Asks the server for parts of a log. Every answer is bounded, whatever the size of the log. */

export interface LogRow {
  /** Bytes of the log. */
  start: number;
  end: number;
  /** `line`, `part` (the next row goes on with the line), `open` (still being written) or `hole` (dropped). */
  kind: string;
  text: string;
  /** Unix seconds, where times were asked for. */
  time: number | null;
}

export interface Hole {
  start: number;
  end: number;
}

export interface LogWindow {
  rows: LogRow[];
  start: number;
  end: number;
  size: number;
  hole: Hole | null;
  colours: string;
  line: number | null;
  lines: number | null;
}

export interface Query {
  text: string;
  ignoreCase: boolean;
  errors: boolean;
}

export interface Found {
  rows: LogRow[];
  next: number | null;
  resume: number;
  size: number;
}

type Parameters = Record<string, string | number | boolean>;

export class LogSource {
  /** @param address The log's own, without a slash at its end. */
  constructor(readonly address: string) {}

  window(at: number, before: number, after: number, times: boolean): Promise<LogWindow> {
    return this.get<LogWindow>("rows", { at, before, after, times });
  }

  search(query: Query, start: number, back: boolean, limit: number, signal: AbortSignal): Promise<Found> {
    const { text, errors, ignoreCase } = query;
    return this.get<Found>("search", { text, errors, ignore_case: ignoreCase, start, back, limit }, signal);
  }

  /** Where a line begins; null while so much is not counted yet. */
  async line(number: number): Promise<number | null> {
    return (await this.get<{ offset: number | null }>("place", { line: number })).offset;
  }

  private async get<T>(path: string, parameters: Parameters, signal?: AbortSignal): Promise<T> {
    const query = new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)]));
    const answer = await fetch(`${this.address}/${path}?${query}`, signal ? { signal } : {});
    if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
    return (await answer.json()) as T;
  }
}
