import type { CellView, AppFiles } from "@openmo/shared/rest-api";

import { describe, expect, it, vi } from "vitest";

import type { Preparation, SpecData } from "../src/app";
import { DeployFlow } from "../src/deployFlow";

const cell = (index: number, ticked: boolean): CellView => ({
  index, id: index === 1 ? "first" : "", ticked, reason: null, needed_for: [], why: "", source_head: "", problem: "",
});
const SPEC: SpecData = { input: { a: { value_type: "int", description: "" } }, output: {} };
const prepared = (handler: string, ...cells: CellView[]): Preparation => ({
  cells, handler, problems: [], spec: SPEC, spec_yaml: "", check: [],
});
const RELEASE = { version: "1.0.0", channel: "release", page: "", calls: "" } as const;

function platform() {
  return {
    prepareApp: vi.fn((_path: string, cells: readonly (number | string)[] | null) =>
      Promise.resolve(prepared(cells === null ? "first" : `cells ${cells.join(" ")}`, cell(0, false), cell(1, true), cell(3, false))),
    ),
    writeOutSpec: vi.fn((spec: SpecData) => Promise.resolve({ spec, spec_yaml: JSON.stringify(spec) })),
    appFiles: vi.fn((): Promise<AppFiles> => Promise.resolve({ handler: null, app_spec: null, from_cells: false })),
    writeAppFiles: vi.fn(() => Promise.resolve()),
    releaseCandidates: vi.fn(() =>
      Promise.resolve({
        items: [
          { path: "handler.py", bytes: 10, ticked: true, reason: "app" as const, needed_by: "" },
          { path: "big.bin", bytes: 5000, ticked: false, reason: null, needed_by: "" },
        ],
        truncated: false,
        version: "1.0.0",
        warnings: [],
      }),
    ),
    deploy: vi.fn(() => Promise.resolve(RELEASE)),
  };
}

const texts = { type: "float", range: "0-9", defaultValue: "", description: "new", optional: false };

describe("DeployFlow", () => {
  it("prepares the cells as ticked, in order", async () => {
    const double = platform();
    const flow = new DeployFlow(double);
    await flow.open("a.ipynb");
    expect(flow.isTicked(cell(1, true))).toBe(true);
    flow.tick(cell(3, false), true);
    flow.tick(cell(0, false), true);
    await flow.prepare();
    expect(double.prepareApp).toHaveBeenLastCalledWith("a.ipynb", [0, "first", 3]);
  });

  it("knows a handler.py that was written by hand from one that it made before", async () => {
    const double = platform();
    const flow = new DeployFlow(double);
    await flow.open("a.ipynb");
    expect(await flow.replaces()).toBe(false);
    double.appFiles.mockResolvedValue({ handler: "first\n# with other cells", app_spec: null, from_cells: true });
    expect(await flow.replaces()).toBe(false);
    double.appFiles.mockResolvedValue({ handler: "def handle(conf): ...", app_spec: null, from_cells: false });
    expect(await flow.replaces()).toBe(true);
  });

  it("keeps edits of the spec while the code stays, and drops them with other code", async () => {
    const flow = new DeployFlow(platform());
    await flow.open("a.ipynb");
    flow.editParameter("input", "a", texts);
    flow.editParameter("input", "unknown", texts);
    await flow.open("a.ipynb");
    expect(flow.spec.input).toEqual({ a: { value_type: "float", description: "new", value_range: "0-9" } });
    await flow.prepare();
    expect(flow.spec).toEqual(SPEC);
  });

  it("keeps what was ticked otherwise than proposed, until it is released", async () => {
    const double = platform();
    const flow = new DeployFlow(double);
    await flow.findCandidates();
    flow.select("big.bin", true);
    flow.select("handler.py", false);
    await flow.findCandidates();
    expect([flow.isSelected("handler.py"), flow.isSelected("big.bin")]).toEqual([false, true]);
    await flow.deploy({ version: "1.0.0", channel: "release", notes: "" });
    await flow.findCandidates();
    expect([flow.isSelected("handler.py"), flow.isSelected("big.bin")]).toEqual([true, false]);
  });

  it("writes the code with the spec as edited", async () => {
    const double = platform();
    const flow = new DeployFlow(double);
    await flow.open("a.ipynb");
    flow.editParameter("input", "a", texts);
    await flow.write();
    expect(double.writeAppFiles).toHaveBeenCalledWith("first", expect.stringContaining('"0-9"'));
  });

  it("deploys the chosen files", async () => {
    const double = platform();
    const flow = new DeployFlow(double);
    await flow.findCandidates();
    flow.select("big.bin", true);
    flow.select("handler.py", false);
    await flow.deploy({ version: "", channel: "dev", notes: "" });
    expect(double.deploy).toHaveBeenCalledWith({ version: "", channel: "dev", notes: "", files: ["big.bin"] });
    expect(flow.released).toEqual(RELEASE);
  });

  it("is taken up again after its page was loaded anew, edits only with the code that they belong to", async () => {
    const double = platform();
    const edited = vi.fn();
    const flow = new DeployFlow(double, edited);
    await flow.open("a.ipynb");
    flow.editParameter("input", "a", texts);
    await flow.findCandidates();
    flow.select("big.bin", true);
    flow.release = { channel: "dev", version: null, notes: "tried" };
    expect(edited).toHaveBeenCalledTimes(3);
    const draft = flow.draft("files");

    double.prepareApp.mockImplementation(() => Promise.resolve(prepared("first", cell(0, false), cell(1, true), cell(3, false))));
    const again = new DeployFlow(double);
    await again.restore(draft);
    expect(double.prepareApp).toHaveBeenLastCalledWith("a.ipynb", ["first"]);
    expect(again.spec).toEqual(flow.spec);
    expect(again.isSelected("big.bin")).toBe(true);
    expect(again.release.notes).toBe("tried");

    const changed = new DeployFlow(double);
    await changed.restore({ ...draft, handler: "other code" });
    expect(changed.spec).toEqual(SPEC);
  });
});
