import type { RowView, SearchView } from "@openmo/shared/rest-api";
import type { LogSource, Query } from "./source";

/** Matches that are counted and kept; beyond, the count says "more than". */
export const MAX_MATCHES = 100_000;
const PAGE_SIZE = 1000;

/** One search: counts in the background, goes to the next or the previous match. Ends when another takes its place. */
export class LogSearch {
  /** Where the rows with a match begin, as far as they are counted. */
  readonly found: number[] = [];
  /** Whether all that there is now was counted. */
  complete = false;
  /** How far the count came, in bytes. */
  reached = 0;
  private readonly stopped = new AbortController();
  private resume = 0;
  private counting = false;
  /** Counts calls of `count`: another one while it counts means that more was printed. */
  private requests = 0;

  constructor(
    private readonly source: LogSource,
    readonly query: Query,
    private readonly counted: () => void,
  ) {}

  stop(): void {
    this.stopped.abort();
  }

  /** Whether it counts no further. */
  isFull(): boolean {
    return this.found.length >= MAX_MATCHES;
  }

  /** Counts on to the end of what is printed by now. */
  async count(): Promise<void> {
    this.requests++;
    if (this.counting || this.isFull()) return;
    this.counting = true;
    this.complete = false;
    try {
      let next: number | null = this.resume;
      while (next !== null && !this.isFull()) {
        const requests = this.requests;
        const part: SearchView = await this.request(next, false, PAGE_SIZE);
        for (const row of part.rows) if (row.start > (this.found.at(-1) ?? -1)) this.found.push(row.start);
        this.resume = part.resume;
        this.reached = part.next ?? part.size;
        this.complete = part.next === null && requests === this.requests;
        this.counted();
        next = part.next ?? (requests === this.requests ? null : part.resume);
      }
    } catch (error) {
      if (!this.stopped.signal.aborted) throw error;
    } finally {
      this.counting = false;
    }
  }

  /** The first match from this byte on, else the first of all; null: there is none, or the search was stopped. */
  async next(from: number): Promise<RowView | null> {
    return (await this.first(from, false)) ?? (from > 0 ? this.first(0, false) : null);
  }

  /** The last match before this byte, else the last of all. */
  async previous(before: number): Promise<RowView | null> {
    return (before > 0 ? await this.first(before, true) : null) ?? this.first(-1, true);
  }

  private async first(start: number, back: boolean): Promise<RowView | null> {
    try {
      let at: number | null = start;
      while (at !== null) {
        const part: SearchView = await this.request(at, back, 1);
        if (part.rows[0]) return part.rows[0];
        at = part.next;
      }
    } catch (error) {
      if (!this.stopped.signal.aborted) throw error;
    }
    return null;
  }

  private request(start: number, back: boolean, limit: number): Promise<SearchView> {
    return this.source.search(this.query, start, back, limit, this.stopped.signal);
  }
}

/** Which of the ascending numbers it is, from 1; 0: none of them. */
export function ordinal(numbers: readonly number[], number: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  return numbers[low] === number ? low + 1 : 0;
}
