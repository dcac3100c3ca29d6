// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { h } from "@openmo/shared/dom";
import type { ComparedJob, ComparisonView } from "@openmo/shared/rest-api";
import { loadChoices, saveChoices } from "../src/charts/choices";
import { valueAt } from "../src/charts/frame";
import { fileName } from "../src/charts/picture-file";
import { matchesTerms, searchTerms } from "../src/charts/toolbar";
import { moreIsBetter } from "../src/compare/metrics";
import { edges, picture } from "../src/compare/lines";
import { CompareTable } from "../src/compare/table";
import { order } from "../src/ui/order";

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
});
afterEach(() => vi.unstubAllGlobals());

const CHOICES = { axis: "auto", smoothing: 0, log: false, together: false } as const;

test("choices are kept, and nonsense is as nothing", () => {
  expect(loadChoices()).toEqual(CHOICES);
  saveChoices({ ...CHOICES, smoothing: 0.6, log: true });
  expect(loadChoices()).toEqual({ ...CHOICES, smoothing: 0.6, log: true });
  for (const wrong of ["{", "null", "3", '{"smoothing": 7, "axis": "__proto__", "log": 1}']) {
    localStorage.setItem("openmo-charts", wrong);
    expect(loadChoices()).toEqual(CHOICES);
  }
});

test("numbers sort before texts, and what is missing comes last either way", () => {
  const cells = ["b", null, 10, "a", undefined, 2].map((cell) => [cell]);
  expect([...cells].sort(([a], [b]) => order(a, b)).flat()).toEqual([2, 10, "a", "b", null, undefined]);
  expect([...cells].sort(([a], [b]) => order(a, b, true)).flat()).toEqual(["b", "a", 10, 2, null, undefined]);
});

function compared(number: number, seconds: number, lr?: string): ComparedJob {
  const what = { script: "train.py", code: "", url: `/jobs/${number}`, created_at: "2026-01-01T00:00:00Z", started_at: null, metrics: {} };
  return { number, name: "run", state: "running", seconds, arguments: lr ? { lr } : {}, ...what };
}

test("the table stays under the hands of its reader while runs go on", () => {
  const box = h("div");
  document.body.replaceChildren(box);
  const table = new CompareTable(box, new Set(), () => undefined);
  const show = (jobs: ComparedJob[], differing: string[]): void =>
    table.show({ jobs, differing, missing: [], metrics: [], metrics_left_out: 0, groups: [] } satisfies ComparisonView);
  const rows = (): string[] => [...box.querySelectorAll("tbody a")].map((link) => link.textContent);
  const title = (name: string): HTMLButtonElement | undefined => [...box.querySelectorAll("button")].find((one) => one.textContent === name);
  show([compared(1, 9, "0.1"), compared(2, 5), compared(3, 7, "0.2")], ["lr"]);
  title("lr")?.focus();
  title("lr")?.click();
  title("lr")?.click();
  expect(rows()).toEqual(["#3 run", "#1 run", "#2 run"]);
  expect(document.activeElement).toBe(title("lr"));
  const picked = box.querySelectorAll<HTMLElement>("tbody input")[1];
  picked?.focus();
  show([compared(1, 12, "0.1"), compared(2, 8), compared(3, 10, "0.2")], ["lr"]);
  expect(document.activeElement).toBe(picked);
  expect(box.textContent).toContain("12 s");
  title("Duration")?.click();
  show([compared(1, 15, "0.1"), compared(2, 11), compared(3, 99, "0.1")], []);
  expect(rows()).toEqual(["#2 run", "#1 run", "#3 run"]);
  expect(title("Duration")?.closest("th")?.getAttribute("aria-sort")).toBe("ascending");
  expect(document.activeElement, "its row was moved").toBe(picked);
});

test("names tell which way is better", () => {
  expect(["acc", "val_accuracy", "test/f1", "r2"].map(moreIsBetter)).toEqual([true, true, true, true]);
  expect(["loss", "val_loss", "rmse", "accumulated_error", "mapping_time"].map(moreIsBetter)).toEqual(Array(5).fill(false));
});

test("a group's area is one deviation wide, and has no width where one run alone reaches", () => {
  const group = { jobs: [1, 2], x: [0, 1], mean: [4, 2], deviation: [1, null], runs: [2, 1] };
  expect(edges(group)).toEqual({ upper: [5, 2], lower: [3, 2] });
  const drawn = picture(
    { name: "loss", x_kind: "step", curves: [], groups: [group] },
    { ...CHOICES },
    { tone: () => 3, label: () => "two" },
    null,
  );
  expect(drawn.lines.map((line) => line.look)).toEqual(["line", "edge", "edge"]);
  expect(drawn.bands).toEqual([[1, 2]]);
});

test("the value at an x is that of the nearest point, and none beyond the ends", () => {
  const line = { label: "", x: [0, 10, 20], y: [1, null, 3], tone: 0, look: "line" as const };
  expect([-1, 0, 4, 6, 19, 21].map((x) => valueAt(line, x))).toEqual([undefined, 1, 1, null, 3, undefined]);
});

test("a search finds names that hold all of its words", () => {
  expect(matchesTerms("Layer9/grad", searchTerms(" GRAD layer "))).toBe(true);
  expect(matchesTerms("layer9/grad", searchTerms("bias"))).toBe(false);
});

test("files have plain names", () => {
  expect(fileName("../../etc/passwd", "png")).toBe("etc_passwd.png");
  expect(fileName("<b>准确率</b>", "png")).toBe("b_准确率_b.png");
  expect(fileName("///", "png")).toBe("chart.png");
});
