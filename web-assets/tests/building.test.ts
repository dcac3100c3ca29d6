// @vitest-environment jsdom
import { afterEach, expect, it, vi } from "vitest";
import { h } from "@openmo/shared/dom";
import { installBuilding } from "../src/ui/building";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("sends the form again until the environment is there, then as the reader would", async () => {
  vi.useFakeTimers();
  const form = h("form", { id: "publish", method: "post", action: "/publish" }, h("input", { name: "notes", value: "First" }));
  document.body.replaceChildren(h("div", { "data-building": "#publish", "data-address": "/publish/check" }), form);
  const sent = vi.fn();
  form.requestSubmit = sent;
  const answers = [503, 503, 200].map((status) => ({ status, redirected: false }));
  const asked = vi.fn(() => Promise.resolve(answers.shift()));
  vi.stubGlobal("fetch", asked);
  installBuilding();
  await vi.advanceTimersByTimeAsync(6500);
  expect([asked.mock.calls.length, sent.mock.calls.length]).toEqual([2, 0]);
  await vi.advanceTimersByTimeAsync(3500);
  expect([asked.mock.calls.length, sent.mock.calls.length]).toEqual([3, 1]);
  expect(form.getAttribute("action")).toBe("/publish/check");
  const [address, options] = asked.mock.calls[0] as unknown as [string, { body: URLSearchParams }];
  expect([address, options.body.get("notes")]).toEqual(["/publish/check", "First"]);
});
