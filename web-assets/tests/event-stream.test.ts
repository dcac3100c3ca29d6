// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { EventStream } from "../src/live/event-stream";

/** jsdom has no event streams. */
class Source extends EventTarget {
  static made: Source[] = [];
  closed = false;

  constructor(readonly address: string) {
    super();
    Source.made.push(this);
  }

  close(): void {
    this.closed = true;
  }
}

let hidden = false;
let opened: EventStream;
const connections: boolean[] = [];
const held = (): number => Source.made.filter((one) => !one.closed).length;

function look(away: boolean): void {
  hidden = away;
  document.dispatchEvent(new Event("visibilitychange"));
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", Source);
  vi.spyOn(document, "hidden", "get").mockImplementation(() => hidden);
  hidden = false;
  Source.made = [];
  connections.length = 0;
});

afterEach(() => {
  opened.close();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it("lets its connection go while nobody looks at the page, and goes on from where it was", () => {
  let at = 0;
  opened = new EventStream({ address: () => `/log?from=${at}`, on: {}, onConnected: (connected) => connections.push(connected) });
  expect(held()).toBe(1);
  at = 7;
  look(true);
  expect(held()).toBe(0);
  look(false);
  expect(held()).toBe(1);
  expect(Source.made.at(-1)?.address).toBe("/log?from=7");
  expect(connections).toEqual([false]);
});

it("does not come back by itself after an error in a page that nobody looks at", () => {
  opened = new EventStream({ address: () => "/log", on: {} });
  Source.made[0]?.dispatchEvent(new Event("error"));
  look(true);
  vi.advanceTimersByTime(60_000);
  expect(held()).toBe(0);
  look(false);
  expect(held()).toBe(1);
});

it("is there again after the reader went back to the page", () => {
  opened = new EventStream({ address: () => "/log", on: {}, keepsWhileHidden: () => true });
  window.dispatchEvent(new Event("pagehide"));
  look(true); // as browsers say it on the way out
  expect(held()).toBe(0);
  hidden = false;
  window.dispatchEvent(new Event("pageshow"));
  expect(held()).toBe(1);
});

it("is held in a page that nobody looks at where that is wanted, and never after its end", () => {
  let wanted = false;
  opened = new EventStream({ address: () => "/events", on: {}, keepsWhileHidden: () => wanted });
  look(true);
  expect(held()).toBe(0);
  wanted = true;
  opened.update();
  expect(held()).toBe(1);
  opened.close();
  look(false);
  expect(held()).toBe(0);
});
