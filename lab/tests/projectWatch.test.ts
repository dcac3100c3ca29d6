import { describe, expect, it, vi } from "vitest";

import { ProjectWatch } from "../src/projectWatch";

const answer = (status: number, body: unknown) => vi.fn(() => Promise.resolve({ status, json: () => Promise.resolve(body) }));

describe("ProjectWatch", () => {
  it("tells once that the project is gone, and looks no more often than every few seconds", async () => {
    const gone = vi.fn();
    const request = answer(404, { code: "not_found", project: "ada/iris 1" });
    let now = 0;
    const watch = new ProjectWatch("ada/iris 1", gone, request, () => now);
    await watch.look();
    await watch.look();
    now = 10_000;
    await watch.look();
    expect(gone).toHaveBeenCalledTimes(1);
    expect(request).toHaveBeenCalledTimes(1);
    expect(request).toHaveBeenCalledWith("/api/v1/projects/ada/iris%201");
  });

  it.each([
    ["it exists", answer(200, { name: "iris" })],
    ["the proxy knows no such place", answer(404, { code: "not_found" })],
    ["the sign-in has ended", answer(401, {})],
    ["something else answers", answer(404, "<html>")],
    ["nothing answers", vi.fn(() => Promise.reject(new Error("offline")))],
  ])("says nothing when %s", async (_, request) => {
    const gone = vi.fn();
    await new ProjectWatch("ada/iris", gone, request).look();
    expect(gone).not.toHaveBeenCalled();
  });
});
