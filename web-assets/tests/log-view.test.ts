// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { RowView, SearchView, WindowView } from "@openmo/shared/rest-api";
import { renderRow } from "../src/log/draw";
import { LogSearch } from "../src/log/search";
import { LogSource } from "../src/log/source";
import { LogView } from "../src/log/view";
import { PLAIN } from "../src/log/ansi";

let root: HTMLElement;

beforeEach(() => {
  vi.stubGlobal("ResizeObserver", class { observe = (): void => undefined; });
  root = document.createElement("div");
  const text = document.createElement("pre");
  text.className = "log-text";
  const bar = document.createElement("div");
  bar.className = "log-scroll";
  const follow = document.createElement("button");
  follow.className = "follow";
  follow.append(document.createElement("span"));
  root.append(text, bar, follow);
});

/** A log of lines in memory, in windows as the server gives them. */
class Memory extends LogSource {
  lines: string[];

  constructor(count: number) {
    super("");
    this.lines = Array.from({ length: count }, (_, index) => `line ${index}`);
  }

  private row(index: number): RowView {
    return { start: index * 10, end: index * 10 + 10, kind: "line", text: this.lines[index] ?? "", time: null };
  }

  override window(at: number, before: number, after: number): Promise<WindowView> {
    const size = this.lines.length * 10;
    const middle = Math.floor((at < 0 || at >= size ? size - 10 : at) / 10);
    const from = Math.max(middle - before, 0);
    const to = Math.min(middle + after, this.lines.length);
    const rows = Array.from({ length: to - from }, (_, index) => this.row(from + index));
    return Promise.resolve({
      rows, start: from * 10, end: to * 10, size, hole: null, colours: "", line: from + 1, lines: this.lines.length,
    });
  }
}

const shown = (): (string | null)[] => [...root.querySelectorAll(".log-text > div")].map((line) => line.textContent);

describe("the log", () => {
  it("is text, never elements", () => {
    const row = { start: 0, end: 9, kind: "line" as const, text: "<img src=x onerror=alert(1)>\x1b[31m<script>x</script>", time: null };
    const node = renderRow({ row, before: PLAIN }, { text: "script", ignoreCase: true, errors: false });
    expect(node.querySelector("img, script")).toBeNull();
    expect(node.textContent).toBe("<img src=x onerror=alert(1)><script>x</script>");
    expect(node.querySelectorAll("mark").length).toBe(2);
  });

  it("opens at its end and holds a bounded number of rows while it grows", async () => {
    const source = new Memory(900);
    const view = new LogView(root, source);
    await view.start();
    expect(shown().at(-1)).toBe("line 899");
    for (let more = 0; more < 5; more++) {
      source.lines.push(...Array.from({ length: 400 }, (_, index) => `more ${more} ${index}`));
      view.onGrowth(source.lines.length * 10, source.lines.length);
      await vi.waitFor(() => expect(shown().at(-1)).toBe(`more ${more} 399`));
      expect(shown().length).toBeLessThanOrEqual(1000);
    }
  });

  it("goes anywhere, and says how many lines came meanwhile", async () => {
    const source = new Memory(50_000);
    const view = new LogView(root, source);
    await view.start();
    view.go(250_000);
    await vi.waitFor(() => expect(shown()).toContain("line 25000"));
    expect(shown()).not.toContain("line 8999");
    source.lines.push("a", "b", "c");
    view.onGrowth(source.lines.length * 10, 3);
    expect(root.querySelector(".follow span")?.textContent).toBe("3 new lines");
    view.toEnd();
    await vi.waitFor(() => expect(shown().at(-1)).toBe("c"));
    view.toStart();
    await vi.waitFor(() => expect(shown()[0]).toBe("line 0"));
  });
});

describe("a log whose server is away", () => {
  it("is asked for again once at a time, however much one scrolls meanwhile", async () => {
    vi.useFakeTimers();
    const source = new Memory(900);
    const away = vi.spyOn(source, "window").mockRejectedValue(new Error("away"));
    const view = new LogView(root, source);
    for (let tries = 0; tries < 5; tries++) {
      view.onGrowth(9000 + tries, 0);
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(away).toHaveBeenCalledTimes(5);
    expect(vi.getTimerCount()).toBe(1);
    away.mockRestore();
    await vi.advanceTimersByTimeAsync(2000);
    expect(shown().at(-1)).toBe("line 899");
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });
});

describe("a search", () => {
  it("counts what is printed while it counts", async () => {
    const answers: ((found: SearchView) => void)[] = [];
    const source = new Memory(0);
    vi.spyOn(source, "search").mockImplementation(() => new Promise((resolve) => answers.push(resolve)));
    const search = new LogSearch(source, { text: "x", ignoreCase: false, errors: false }, () => undefined);
    const found = (start: number): SearchView => ({ rows: [{ start, end: start + 10, kind: "line", text: "x", time: null }], next: null, resume: start + 10, size: start + 10 });
    const counted = search.count();
    void search.count();
    answers[0]?.(found(0));
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    expect(search.complete).toBe(false);
    answers[1]?.(found(10));
    await counted;
    expect(search.found).toEqual([0, 10]);
    expect(search.complete).toBe(true);
  });
});
