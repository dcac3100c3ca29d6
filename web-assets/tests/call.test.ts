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
