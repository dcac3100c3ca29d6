import { describe, expect, it, vi } from "vitest";

import { ModuleImports } from "../src/modules/imports";
import { installCode } from "../src/modules/packages";

const [OLD, NEW] = ["openmo/iris/1.0.0", "openmo/iris/2.0.0"];
const call = (file: string) => ({ file, cell: 1, line: 2, before: OLD, after: NEW });

function preview(before: string, after: string) {
  return { before, after, calls: [call("a.ipynb"), call("a.ipynb"), call("b.py")], skipped: [], digest: `${before} ${after}` };
}

/** All that happens, in its order. */
function parts({ agrees = true } = {}) {
  const done: string[] = [];
  let undo = (): void => undefined;
  const platform = {
    importModule: vi.fn((identifier: string) => { done.push(`import ${identifier}`); return Promise.resolve(); }),
    removeImport: vi.fn((identifier: string) => { done.push(`remove ${identifier}`); return Promise.resolve(); }),
    moduleUpdate: vi.fn((identifier: string, version: string) => {
      done.push("preview");
      return Promise.resolve(preview(identifier, version === "" ? NEW : `openmo/iris/${version}`));
    }),
    updateModule: vi.fn((agreed: ReturnType<typeof preview>) => { done.push(`update ${agreed.digest}`); return Promise.resolve(agreed); }),
  };
  const documents = {
    saveAll: vi.fn(() => { done.push("save"); return Promise.resolve(); }),
    reload: vi.fn((paths: readonly string[]) => { done.push(`reload ${paths.join()}`); return Promise.resolve(); }),
  };
  const talk = {
    agrees: vi.fn(() => Promise.resolve(agrees)),
    isNewest: vi.fn(() => { done.push("newest"); }),
    updated: vi.fn((_: unknown, back: () => void) => { undo = back; }),
    removed: vi.fn((_: unknown, back: () => void) => { undo = back; }),
    failed: vi.fn((reason: unknown) => { done.push(`failed ${String(reason)}`); }),
  };
  const imports = new ModuleImports(platform, documents, talk);
  imports.changed.connect(() => { done.push("changed"); });
  return { done, imports, platform, documents, undo: () => { undo(); } };
}

describe("updating an import", () => {
  const UPDATE = ["save", "preview", `update ${OLD} ${NEW}`, "changed", "reload a.ipynb,b.py"];

  it("saves, asks about the lines, changes these, shows the files anew, and goes back in one click", async () => {
    const { done, imports, undo } = parts();
    await imports.update(OLD);
    expect(done).toEqual(UPDATE);
    undo();
    await vi.waitFor(() => { expect(done.slice(UPDATE.length)).toEqual(["save", "preview", `update ${NEW} ${OLD}`, "changed", "reload a.ipynb,b.py"]); });
  });

  it("changes nothing without a yes, nor where it is the newest", async () => {
    const refused = parts({ agrees: false });
    await refused.imports.update(OLD);
    expect(refused.done).toEqual(["save", "preview"]);
    const newest = parts();
    await newest.imports.update(NEW);
    expect(newest.done).toEqual(["save", "preview", "newest"]);
  });

  it("changes nothing where a document could not be saved", async () => {
    const { done, imports, documents } = parts();
    documents.saveAll.mockRejectedValue(new Error("a.ipynb"));
    await imports.update(OLD);
    expect(done).toEqual(["failed Error: a.ipynb"]);
  });
});

it("an import is taken out, and back in one click", async () => {
  const { done, imports, platform, undo } = parts();
  await imports.remove(OLD);
  undo();
  await vi.waitFor(() => { expect(done).toEqual([`remove ${OLD}`, "changed", `import ${OLD}`, "changed"]); });
  platform.removeImport.mockRejectedValue(new Error("gone"));
  await imports.remove(OLD);
  expect(done.at(-1)).toBe("failed Error: gone");
});

it("what a module asks for is text in the code that installs it, and no option of pip", () => {
  const code = installCode(["a'\"; import os #\n", "--index-url=x", "\\u2028 \\"]);
  const [literal] = /json\.loads\((.*)\)$/m.exec(code)?.slice(1) ?? [];
  expect(JSON.parse(JSON.parse(literal ?? "") as string)).toEqual(["a'\"; import os #\n", "--index-url=x", "\\u2028 \\"]);
  expect(code).toContain("'--', *wanted");
  expect(code.split("\n")).toHaveLength(6);
});
