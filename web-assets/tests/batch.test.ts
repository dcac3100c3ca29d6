// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { readCell, runBatch, type RowResult } from "../src/app/batch";
import { readList, readNumber } from "../src/app/checks";
import { toCsv } from "../src/app/csv";
import { parseEvent } from "../src/app/events";
import type { InputSpec } from "../src/app/types";

const spec = (type: string, more: Partial<InputSpec> = {}): InputSpec => ({
  name: "x", type, id: "in-0", required: true, low: null, high: null, lowExcluded: false, highExcluded: false, choices: null, ...more,
});

describe("a table run row by row", () => {
  it("tries again when the server asks for a pause, and tells each row's error", async () => {
    const results = new Map<number, RowResult>();
    let busy = 2;
    let running = 0;
    let most = 0;
    await runBatch(
      {
        rows: Array.from({ length: 12 }, (_, at) => [String(at)]),
        values: ([text]) => {
          if (text === "3") throw new Error("no three");
          return new Map([["x", Number(text)]]);
        },
        call: async (values) => {
          most = Math.max(most, ++running);
          await Promise.resolve();
          running--;
          if (busy-- > 0) return { ok: false, problem: { status: 503, retryAfter: 0.01 } };
          if (values.get("x") === 5) return { ok: false, problem: { status: 500, detail: "broken" } };
          return { ok: true, answer: { output: { y: values.get("x") }, duration_ms: 1, release: "1.0.0" } };
        },
        describe: (problem) => problem.detail ?? "",
        onResult: (at, result) => results.set(at, result),
        onPause: () => undefined,
      },
      new AbortController().signal,
    );
    expect(results.size).toBe(12);
    expect(results.get(3)).toEqual({ error: "no three" });
    expect(results.get(5)).toEqual({ error: "broken" });
    expect(results.get(11)).toMatchObject({ answer: { output: { y: 11 } } });
    expect(most).toBeLessThanOrEqual(4);
  });

  it("stops", async () => {
    const stop = new AbortController();
    let calls = 0;
    await runBatch(
      {
        rows: Array.from({ length: 50 }, () => ["1"]),
        values: () => new Map(),
        call: () => {
          if (++calls === 8) stop.abort();
          return Promise.resolve({ ok: true, answer: { output: {}, duration_ms: 1, release: "1" } });
        },
        describe: () => "",
        onResult: () => undefined,
        onPause: () => undefined,
      },
      stop.signal,
    );
    expect(calls).toBeLessThan(15);
  });

  it("reads cells by the input's type", () => {
    expect(readCell(" 1.5 ", spec("float"))).toBe(1.5);
    expect(readCell("yes", spec("bool"))).toBe(true);
    expect(readCell("4", spec("int", { choices: [2, 4] }))).toBe(4);
    expect(readCell("1; 2", spec("[int]"))).toEqual([1, 2]);
    expect(readCell("", spec("int"))).toBeUndefined();
    expect(() => readCell("3", spec("int", { choices: [2, 4] }))).toThrow();
    expect(() => readCell("maybe", spec("bool"))).toThrow();
  });
});

describe("values as they are typed", () => {
  it("keep to the range", () => {
    const within = spec("float", { low: 0, high: 10, highExcluded: true });
    expect(readNumber("9.9", within)).toBe(9.9);
    for (const text of ["-1", "10", "x", "", "1e999", "NaN"]) expect(() => readNumber(text, within)).toThrow();
    expect(() => readNumber("1.5", spec("int"))).toThrow();
  });

  it("are lists with any separator; texts keep their commas", () => {
    expect(readList("1, 2\t3\n4，5", spec("[int]"))).toEqual([1, 2, 3, 4, 5]);
    expect(readList("red\ngreen, blue\n", spec("[str]"))).toEqual(["red", "green, blue"]);
    expect(() => readList("1, x", spec("[float]"))).toThrow(/2/);
  });
});

describe("what leaves the page", () => {
  it("runs nothing in a spreadsheet", () => {
    const csv = toCsv(["=a", "b"], [["=1+1", -1.5], ["@x", "+cmd"], ["\tx", 'say "hi", all'], [null, { a: 1 }]]);
    expect(csv.split("\r\n")).toEqual(["'=a,b", "'=1+1,-1.5", "'@x,'+cmd", `"'\tx","say ""hi"", all"`, ',"{""a"":1}"', ""]);
  });

  it("comes as events", () => {
    expect(parseEvent('id: 3\nevent: output\ndata: {"a": 1}')).toEqual({ name: "output", data: '{"a": 1}' });
    expect(parseEvent(": still there")).toBeNull();
  });
});
