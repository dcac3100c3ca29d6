// @vitest-environment jsdom
import { afterEach, expect, test, vi } from "vitest";
import { call } from "../src/app/call";
import type { AppData } from "../src/app/types";

const app: AppData = {
  run: "/run/ada/x", token: "/x/token", secured: true, streams: false, inputs: [], outputs: [], defaults: {}, examples: [], saving: "",
};

afterEach(() => vi.unstubAllGlobals());

test("the calls of a table share a token and leave nothing behind", async () => {
  const asked: string[] = [];
  let refused = 1;
  vi.stubGlobal("fetch", (address: string) => {
    asked.push(address);
    if (address !== app.token) return Promise.resolve(Response.json({ output: {}, duration_ms: 1, release: "1.0.0" }));
    return Promise.resolve(refused-- > 0 ? new Response("", { status: 503 }) : Response.json({ token: "t" }));
  });
  const { signal } = new AbortController();
  const listening = new Set<unknown>();
  vi.spyOn(signal, "addEventListener").mockImplementation((_name, listener, options) => {
    listening.add(listener);
    (options as AddEventListenerOptions).signal?.addEventListener("abort", () => listening.delete(listener));
  });
  for (let row = 0; row < 5; row++) expect((await call(app, new Map([["x", row]]), signal)).ok).toBe(true);
  expect(asked.filter((address) => address === app.token), "a token that was not given is asked for again").toHaveLength(2);
  expect(asked.filter((address) => address === app.run)).toHaveLength(5);
  expect(listening.size).toBe(0);
});

test("a call that goes on is asked after across a lost line, with a token that is fresh", async () => {
  vi.useFakeTimers();
  let tokens = 0;
  const used: (string | null)[] = [];
  const answers = [
    (): Promise<Response> => Promise.reject(new TypeError("no line")),
    (): Promise<Response> => Promise.resolve(new Response("", { status: 502 })),
    (): Promise<Response> => Promise.resolve(Response.json({ status: "succeeded", output: { y: 2 }, release: "1.0.0" })),
  ];
  vi.stubGlobal("fetch", (address: string, options: RequestInit) => {
    if (address === "/other/token") return Promise.resolve(Response.json({ token: `t${++tokens}` }));
    const headers = new Headers(options.headers);
    if (options.method === "POST") return Promise.resolve(new Response("", { status: 202, headers: { location: "/calls/1" } }));
    used.push(headers.get("authorization"));
    vi.advanceTimersByTime(35_000);
    return answers.shift()?.();
  });
  const answered = call({ ...app, token: "/other/token" }, new Map([["x", 1]]), new AbortController().signal);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await answered).toMatchObject({ ok: true, answer: { output: { y: 2 } } });
  expect(new Set(used).size).toBeGreaterThan(1);
  vi.useRealTimers();
});
