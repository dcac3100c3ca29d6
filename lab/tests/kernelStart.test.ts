import { describe, expect, it } from "vitest";

import { type ICellRun, kernelStarted } from "../src/kernelStart";

function run(type: "code" | "markdown", isReady: boolean) {
  let start = (): void => undefined;
  const ready = new Promise<void>((resolve) => { start = resolve; });
  const cell = { isDisposed: false, model: { type, executionState: "idle" } };
  const options = { cell, sessionContext: { isReady, ready } } as unknown as ICellRun;
  return { cell, options, start };
}

describe("a cell that is run", () => {
  it("waits for the kernel that is being started, and says so", async () => {
    const { cell, options, start } = run("code", false);
    const order: string[] = [];
    const first = kernelStarted(options).then(() => order.push("first"));
    const second = kernelStarted(options).then(() => order.push("second"));
    expect(cell.model.executionState).toBe("running"); // shown as [*]
    order.push("started");
    start();
    await Promise.all([first, second]);
    expect(order).toEqual(["started", "first", "second"]);
  });

  it("is not run where it was deleted meanwhile", async () => {
    const { cell, options, start } = run("code", false);
    const started = kernelStarted(options);
    cell.isDisposed = true;
    start();
    expect(await started).toBe(false);
  });

  it.each([
    ["there was a kernel", run("code", true)],
    ["it is text", run("markdown", false)],
  ])("does not wait where %s", async (_why, { cell, options }) => {
    expect(await kernelStarted(options)).toBe(true);
    expect(cell.model.executionState).toBe("idle");
  });
});
