// @vitest-environment jsdom
import { afterEach, expect, it, vi } from "vitest";
import { h } from "@openmo/shared/dom";
import type { RowView, SearchView } from "@openmo/shared/rest-api";
import { LogPanel } from "../src/log/panel";
import { LogSource } from "../src/log/source";
import { LogView } from "../src/log/view";

const BUTTONS = ["previous", "error", "start", "end", "case", "times", "wrap", "full"];

function panel(): { field: HTMLInputElement; form: HTMLFormElement; went: ReturnType<typeof vi.fn> } {
  vi.stubGlobal("ResizeObserver", class { observe = (): void => undefined; });
  const field = h("input", { "data-log-search": true });
  const form = h("form", {}, field);
  const root = h(
    "div", {}, form,
    ...BUTTONS.map((name) => h("button", { [`data-log-${name}`]: true })),
    h("span", { "data-log-count": true }), h("span", { "data-log-place": true }),
    h("pre", { class: "log-text" }), h("div", { class: "log-scroll" }), h("button", { class: "follow" }, h("span")),
  );
  document.body.replaceChildren(root);
  const went = vi.fn();
  vi.spyOn(LogView.prototype, "go").mockImplementation(went);
  new LogPanel(root);
  return { field, form, went };
}

function type(field: HTMLInputElement, form: HTMLFormElement, text: string): void {
  field.value = text;
  field.dispatchEvent(new Event("input"));
  form.dispatchEvent(new Event("submit", { cancelable: true }));
}

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it("goes to the line that was typed, however long it is looked for", async () => {
  vi.useFakeTimers();
  const { field, form, went } = panel();
  vi.spyOn(LogSource.prototype, "line").mockImplementation(
    () => new Promise((resolve) => void setTimeout(() => resolve(4321), 5000)),
  );
  type(field, form, ":99");
  await vi.advanceTimersByTimeAsync(6000);
  expect(went).toHaveBeenCalledExactlyOnceWith(4321);
});

it("goes to the first match when Enter is pressed right after the text", async () => {
  vi.useFakeTimers();
  const { field, form, went } = panel();
  const row = (start: number): RowView => ({ start, end: start + 10, kind: "line", text: "loss", time: null });
  vi.spyOn(LogSource.prototype, "search").mockImplementation((_query, start): Promise<SearchView> => {
    const rows = [row(10), row(20)].filter((each) => each.start >= start);
    return Promise.resolve({ rows, next: null, resume: 30, size: 30 });
  });
  type(field, form, "loss");
  await vi.advanceTimersByTimeAsync(1000);
  expect(went.mock.calls.map(([at]) => at as number)).toEqual([10]);
});
