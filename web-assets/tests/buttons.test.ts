// @vitest-environment jsdom
import { afterEach, expect, test, vi } from "vitest";
import { h } from "@openmo/shared/dom";
import { withDevice } from "../src/app/devices";
import { copyButton } from "../src/ui/copy";
import { installProgress } from "../src/ui/progress";

afterEach(() => vi.useRealTimers());

test("a button is itself again after it said what came of a click, however often it is clicked", async () => {
  vi.useFakeTimers();
  document.execCommand = () => false; // eslint-disable-line @typescript-eslint/no-deprecated -- what the page falls back to
  const button = copyButton(() => "text");
  document.body.replaceChildren(h("div", {}, button));
  for (let clicks = 0; clicks < 3; clicks++) {
    button.click();
    await vi.advanceTimersByTimeAsync(400);
  }
  expect(button.textContent).toBe("Select it and press Ctrl+C");
  await vi.advanceTimersByTimeAsync(2000);
  expect(button.textContent).toBe("Copy");
});

test("the seconds of a form end when one is back on its page", () => {
  vi.useFakeTimers();
  Element.prototype.scrollIntoView = () => undefined;
  const form = h("form", { "data-progress": "#box" });
  document.body.replaceChildren(form, h("div", { id: "box", role: "status", hidden: true }, h("span", { "data-elapsed": true })));
  installProgress();
  for (let times = 0; times < 2; times++) form.dispatchEvent(new Event("submit", { bubbles: true }));
  expect(vi.getTimerCount()).toBe(1);
  window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  expect(vi.getTimerCount()).toBe(0);
  expect(document.querySelector<HTMLElement>("#box")?.hidden).toBe(true);
});

test("camera and microphone are given back however their use ends", async () => {
  const stop = vi.fn();
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia: () => Promise.resolve({ getTracks: () => [{ stop }, { stop }] }) } });
  await expect(withDevice({ audio: true }, () => Promise.resolve("sound"))).resolves.toBe("sound");
  expect(stop).toHaveBeenCalledTimes(2);
  await expect(withDevice({ audio: true }, () => Promise.reject(new Error("no recorder")))).rejects.toThrow("no recorder");
  expect(stop).toHaveBeenCalledTimes(4);
  vi.unstubAllGlobals();
});
