// @vitest-environment jsdom
import { beforeEach, expect, test, vi } from "vitest";
import { forgetForOthers, noteReader } from "../src/ui/reader";

beforeEach(() => {
  localStorage.clear();
  document.documentElement.hidden = false;
});

function comesBack(persisted = true): void {
  window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted }));
}

test("a page that comes back to its own reader stays as it was left", () => {
  const reload = vi.fn();
  forgetForOthers("ada", reload);
  comesBack();
  comesBack(false);
  expect(reload).not.toHaveBeenCalled();
  expect(document.documentElement.hidden).toBe(false);
});

test.each(["", "bob"])("it is hidden and asked for anew when %j reads by now", (now) => {
  const reload = vi.fn();
  forgetForOthers("ada", reload);
  noteReader(now);
  comesBack(false);
  expect(reload).not.toHaveBeenCalled();
  comesBack();
  expect(reload).toHaveBeenCalledOnce();
  expect(document.documentElement.hidden).toBe(true);
});
