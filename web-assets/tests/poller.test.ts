// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Poller } from "../src/live/poller";
import { getJson } from "../src/ui/get-json";

let answers: ((text: string) => void)[] = [];
let seen: string[] = [];
let hidden = false;

beforeEach(() => {
  answers = [];
  seen = [];
  vi.useFakeTimers();
  vi.spyOn(document, "hidden", "get").mockImplementation(() => hidden);
  vi.stubGlobal("fetch", () => new Promise((resolve) => answers.push((text) => resolve(Response.json(text)))));
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const poller = (): Poller => new Poller(async (signal) => void seen.push(await getJson<string>("/x", {}, signal)), () => 1000);

it("rests while nobody poller at the page", async () => {
  const one = poller();
  const first = one.now();
  hidden = true;
  answers[0]?.("here");
  await first;
  expect(vi.getTimerCount()).toBe(0);
  hidden = false;
  document.dispatchEvent(new Event("visibilitychange"));
  expect(answers).toHaveLength(2);
});

it("does not put an older answer over a newer one", async () => {
  const one = poller();
  const first = one.now();
  const second = one.now();
  answers[1]?.("new");
  await second;
  answers[0]?.("old");
  await first;
  expect(seen).toEqual(["new"]);
  expect(vi.getTimerCount(), "one next look").toBe(1);
});

it("keeps to the pause that was asked for while it looked", async () => {
  const one = poller();
  const first = one.now();
  one.schedule(250);
  answers[0]?.("old");
  await first;
  await vi.advanceTimersByTimeAsync(250);
  expect(answers).toHaveLength(2);
  expect(seen).toEqual([]);
});

it("poller again after a look that failed, also when nothing changes any more", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no line")));
  const one = new Poller(async (signal) => void seen.push(await getJson<string>("/x", {}, signal)), () => null);
  await one.now();
  vi.stubGlobal("fetch", () => Promise.resolve(Response.json("whole")));
  await vi.advanceTimersByTimeAsync(5000);
  expect(seen).toEqual(["whole"]);
  expect(vi.getTimerCount()).toBe(0);
});
