import type { PlaceView, SearchView, WindowView } from "@openmo/shared/rest-api";
import { getJson } from "../ui/get-json";

export interface Query {
  text: string;
  ignoreCase: boolean;
  errors: boolean;
}

/** Fetches parts of a log. Every response is bounded, whatever the size of the log. */
export class LogSource {
  /** @param address The log's own, without a slash at its end. */
  constructor(readonly address: string) {}

  window(at: number, before: number, after: number, times: boolean): Promise<WindowView> {
    return getJson<WindowView>(`${this.address}/rows`, { at, before, after, times });
  }

  search(query: Query, start: number, back: boolean, limit: number, signal: AbortSignal): Promise<SearchView> {
    const { text, errors, ignoreCase } = query;
    return getJson<SearchView>(`${this.address}/search`, { text, errors, ignore_case: ignoreCase, start, back, limit }, signal);
  }

  /** Where a line begins; null while so much is not counted yet. */
  async line(number: number): Promise<number | null> {
    return (await getJson<PlaceView>(`${this.address}/place`, { line: number })).offset;
  }
}
