import { describe, expect, it } from "vitest";
import type { RowView, SearchView, WindowView } from "@openmo/shared/rest-api";
import { PLAIN } from "../src/log/ansi";
import { markMatches } from "../src/log/draw";
import { Rows } from "../src/log/rows";
import { LogSearch, ordinal } from "../src/log/search";
import { LogSource, type Query } from "../src/log/source";

/** Rows of ten bytes each; every third is red and leaves the colour on. */
function row(number: number): RowView {
  return { start: number * 10, end: number * 10 + 10, kind: "line", text: `row ${number}`, time: null };
}

function windowOf(from: number, to: number, count: number): WindowView {
  const rows = Array.from({ length: to - from }, (_, index) => row(from + index));
  const size = count * 10;
  return { rows, start: from * 10, end: to * 10, size, hole: null, colours: "", line: from + 1, lines: count };
}

describe("the rows of a page", () => {
  it("follow each other wherever they are fetched and dropped", () => {
    const rows = new Rows();
    rows.replace(windowOf(50, 60, 100));
    rows.prepend(windowOf(40, 50, 100));
    rows.append(windowOf(60, 70, 100));
    expect(rows.lines.map((line) => line.row.start / 10)).toEqual(Array.from({ length: 30 }, (_, index) => 40 + index));
    expect([rows.start, rows.end, rows.lineAt(0)]).toEqual([400, 700, 41]);
    expect(rows.trimFirst(20)).toBe(10);
    expect(rows.trimLast(15)).toBe(5);
    expect([rows.start, rows.end, rows.lineAt(0), rows.lineAt(14)]).toEqual([500, 650, 51, 65]);
  });

  it("are asked for again while they are being written", () => {
    const rows = new Rows();
    rows.replace({ ...windowOf(0, 3, 3), rows: [row(0), row(1), { ...row(2), kind: "open", text: "10%" }] });
    expect(rows.resume).toBe(20);
    const change = rows.append(windowOf(2, 4, 4));
    expect([change.removedLast, change.addedLast.length, rows.lines.length]).toEqual([1, 2, 4]);
    expect(rows.lines[2]?.row.text).toBe("row 2");
  });

  it("carry colours from one to the next, and from before the window", () => {
    const rows = new Rows();
    const first = { ...row(5), text: "still red \x1b[0mplain" };
    rows.replace({ ...windowOf(5, 7, 9), rows: [first, row(6)], colours: "\x1b[31m" });
    expect(rows.lines[0]?.before.fg).toBe("#ef7a6f");
    expect(rows.lines[1]?.before).toEqual(PLAIN);
    rows.trimLast(1);
    rows.append(windowOf(6, 8, 9));
    expect(rows.lines[1]?.before).toEqual(PLAIN);
  });

  it("map the scroll bar to what was kept", () => {
    const rows = new Rows();
    rows.replace({ ...windowOf(0, 1, 100), hole: { start: 100, end: 900 } });
    expect([rows.kept(50), rows.kept(500), rows.kept(950)]).toEqual([50, 100, 150]);
    for (const kept of [0, 99, 101, 150]) expect(rows.kept(rows.offsetOf(kept))).toBe(kept);
  });
});

describe("what is searched", () => {
  const query = (text: string): Query => ({ text, ignoreCase: true, errors: false });
  const cut = (texts: string[], text: string): [string, boolean][] =>
    markMatches(texts.map((one) => ({ text: one, style: PLAIN })), query(text)).map((span) => [span.text, span.hit]);

  it("is markMatches across colours, each time", () => {
    expect(cut(["the lo", "ss: 1, Loss"], "loss")).toEqual([
      ["the ", false], ["lo", true], ["ss", true], [": 1, ", false], ["Loss", true],
    ]);
    expect(cut(["aaaa"], "aa")).toEqual([["aa", true], ["aa", true]]);
    expect(cut(["none"], "x")).toEqual([["none", false]]);
  });

  it("has a number among all", () => {
    expect([ordinal([10, 20, 30], 20), ordinal([10, 20, 30], 25), ordinal([], 1)]).toEqual([2, 0, 0]);
  });
});

/** A log in memory, which answers as the server does: a few matches at a time. */
class Memory extends LogSource {
  asked = 0;

  constructor(private readonly matches: number[], readonly size: number) {
    super("");
  }

  override search(_query: Query, start: number, back: boolean, limit: number, signal: AbortSignal): Promise<SearchView> {
    if (signal.aborted) return Promise.reject(new Error("aborted"));
    this.asked++;
    const fitting = this.matches.filter((at) => (back ? at < (start < 0 ? this.size : start) : at >= start));
    const some = back ? fitting.slice(-Math.min(limit, 2)) : fitting.slice(0, Math.min(limit, 2));
    const edge = back ? some[0] : some.at(-1);
    const next = some.length < fitting.length && edge !== undefined ? (back ? edge : edge + 1) : null;
    return Promise.resolve({ rows: some.map((at) => row(at / 10)), next, resume: this.size, size: this.size });
  }
}

describe("a search", () => {
  const query: Query = { text: "x", ignoreCase: false, errors: false };

  it("counts all and goes round in both directions", async () => {
    const search = new LogSearch(new Memory([10, 20, 30, 40, 50], 100), query, () => undefined);
    await search.count();
    expect([search.found, search.complete]).toEqual([[10, 20, 30, 40, 50], true]);
    expect((await search.next(31))?.start).toBe(40);
    expect((await search.next(60))?.start).toBe(10);
    expect((await search.previous(30))?.start).toBe(20);
    expect((await search.previous(10))?.start).toBe(50);
  });

  it("ends where it is stopped, and finds nothing in nothing", async () => {
    const source = new Memory([], 100);
    const search = new LogSearch(source, query, () => undefined);
    expect(await search.next(0)).toBeNull();
    search.stop();
    const asked = source.asked;
    await search.count();
    expect(source.asked).toBe(asked);
  });
});
