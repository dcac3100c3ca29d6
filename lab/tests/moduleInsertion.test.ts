import { YNotebook } from "@jupyter/ydoc";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { codeCells, insertCall, insertCode } from "../src/modules/insertion";

const CLIENT = "from modules import Client\nclient = Client()";
const code = { identifier: "openmo/iris_classifier/1.0.0", cell: "result = run()", client_cell: "", runs_first: null, missing: [], conflicts: [] };

/** A notebook as JupyterLab makes it: the undo of a cell's text is the cell's own. */
function notebook(...cells: (string | { readonly markdown: string })[]): YNotebook {
  const made = new YNotebook({ disableDocumentWideUndoRedo: true });
  cells.forEach((cell, place) => {
    const part = typeof cell === "string"
      ? { cell_type: "code" as const, source: cell }
      : { cell_type: "markdown" as const, source: cell.markdown };
    made.insertCell(place, part);
  });
  made.clearUndoHistory();
  return made;
}

const sources = (of: YNotebook): string[] => of.cells.map((cell) => cell.getSource());

describe("inserting a call", () => {
  beforeAll(() => { vi.spyOn(console, "warn").mockReturnValue(undefined); }); // yjs speaks of cells that no page shows
  afterAll(() => { vi.restoreAllMocks(); });

  it("takes the place of an empty cell", () => {
    const edited = notebook(CLIENT, "  \n");
    expect(insertCode(edited, 1, { ...code, runs_first: 0 }).place).toBe(1);
    expect(sources(edited)).toEqual([CLIENT, code.cell]);
  });

  it("goes below a cell that holds something, and below text, empty or not", () => {
    const edited = notebook("x = 1", { markdown: "" }, "y = 2");
    expect(insertCode(edited, 0, code).place).toBe(1);
    expect(insertCode(edited, 2, code).place).toBe(3);
    expect(sources(edited)).toEqual(["x = 1", code.cell, "", code.cell, "y = 2"]);
  });

  it("puts the Client cell at the top where the notebook lacks one", () => {
    const edited = notebook({ markdown: "# Title" }, "");
    const { place, clientId } = insertCode(edited, 1, { ...code, client_cell: CLIENT });
    expect(sources(edited)).toEqual([CLIENT, "# Title", code.cell]);
    expect(place).toBe(2);
    expect(edited.cells[0]?.getId()).toBe(clientId);
  });

  it("names the cell that makes the client, wherever it is after the insertion", () => {
    const edited = notebook({ markdown: "# Title" }, "", CLIENT);
    const id = edited.cells[2]?.getId();
    expect(insertCode(edited, 1, { ...code, runs_first: 1 }).clientId).toBe(id);
    expect(insertCode(edited, 0, code).clientId).toBe("");
  });

  it("is one step of undo and of redo, apart from what was done a moment before and after", () => {
    const edited = notebook("");
    edited.insertCell(1, { cell_type: "code", source: "before" });
    insertCode(edited, 0, { ...code, client_cell: CLIENT });
    const inserted = sources(edited);
    edited.insertCell(3, { cell_type: "code", source: "after" });
    edited.undo();
    expect(sources(edited)).toEqual(inserted);
    edited.undo();
    expect(sources(edited)).toEqual(["", "before"]);
    edited.redo();
    expect(sources(edited)).toEqual(inserted);
  });

  it("tells the platform of code cells that may be about the client, by their places", () => {
    const edited = notebook(CLIENT, "x = 1", { markdown: "run" }, `data = "${"train ".repeat(50_000)}"`, "go = client.run");
    expect(codeCells(edited)).toEqual([CLIENT, "", "", "go = client.run"]);
  });
});

describe("insertCall", () => {
  const call = { module: { owner: "openmo", name: "iris_classifier", version: "1.0.0" }, method: "run", values: { a: "1" }, ownEnvironment: false };
  const parts = (done: string[]) => ({
    platform: {
      moduleCode: vi.fn(() => { done.push("code"); return Promise.resolve(code); }),
      importModule: vi.fn(() => { done.push("import"); return Promise.resolve(); }),
    },
    target: {
      codeCells: () => Promise.resolve([CLIENT]),
      insert: () => { done.push("insert"); return Promise.resolve("a.ipynb"); },
    },
  });

  it("imports exactly the version whose code it inserts", async () => {
    const done: string[] = [];
    const { platform, target } = parts(done);
    expect(await insertCall(platform, target, call)).toBe("a.ipynb");
    expect(done).toEqual(["code", "import", "insert"]);
    expect(platform.moduleCode).toHaveBeenCalledWith(call.module, { method: "run", values: { a: "1" }, cells: [CLIENT], own_environment: false });
    expect(platform.importModule).toHaveBeenCalledWith("openmo/iris_classifier/1.0.0");
  });

  it.each(["moduleCode", "importModule"] as const)("leaves the notebook alone when %s fails", async (fails) => {
    const done: string[] = [];
    const { platform, target } = parts(done);
    platform[fails].mockRejectedValue(new Error("no"));
    await expect(insertCall(platform, target, call)).rejects.toThrow("no");
    expect(done).not.toContain("insert");
  });
});
