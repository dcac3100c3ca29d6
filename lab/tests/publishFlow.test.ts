import { PlatformError } from "@openmo/shared/problems";
import type { CheckReportView } from "@openmo/shared/rest-api";
import { describe, expect, it } from "vitest";

import { PublishFlow } from "../src/publishing/flow";
import type { IModuleMaking, ModulePlan, ModulePreparation, PublishedVersion } from "../src/publishing/values";

const file = (path: string, ticked: boolean) =>
  ({ path, bytes: 1, files: 1, is_folder: false, ticked, reason: null, needed_by: "" });
const PLAN = {
  name: "ada/line", files: [file("main.py", true), file("notes.txt", false)], version: "0.2.0", title: "Line", description: "",
  category: "other", tags: ["a", "b"], visibility: "private", stays_public: false, spec: {},
} as unknown as ModulePlan;
const PUBLISHED: PublishedVersion = { identifier: "ada/line/0.2.0", version: "0.2.0", page: "" };
const REPORT = { ok: true } as CheckReportView;

function preparation(main: string): ModulePreparation {
  const x = { value_type: "float", description: "" };
  return { cells: [], main, problems: [], check: [], spec_yaml: "", spec: { input: { predict: { x } }, output: {} } };
}

/** A platform that answers each kind of call by `answers`, or as usual; `sent` holds what it was sent. */
function made(answers: Partial<IModuleMaking> = {}) {
  const sent: unknown[] = [];
  const waits: number[] = [];
  const platform: IModuleMaking = {
    modulePlan: () => Promise.resolve(PLAN),
    beginModule: () => Promise.resolve({ files: ["main.py"] }),
    prepareModule: () => Promise.resolve(preparation("class line: ...")),
    writeOutModuleSpec: (spec) => Promise.resolve({ spec, spec_yaml: JSON.stringify(spec) }),
    moduleFiles: () => Promise.resolve({ main: "by hand", module_spec: null, from_cells: false }),
    writeModuleFiles: (files) => {
      sent.push(files);
      return Promise.resolve({ main: "by hand", module_spec: null, from_cells: false });
    },
    checkModule: () => Promise.resolve(REPORT),
    tryModule: () => Promise.reject(new Error("not tried")),
    publishModule: (draft) => {
      sent.push(draft);
      return Promise.resolve(PUBLISHED);
    },
    ...answers,
  };
  const wait = (seconds: number): Promise<void> => {
    waits.push(seconds);
    return Promise.resolve();
  };
  return { flow: new PublishFlow(platform, wait), sent, waits };
}

const nothing = (): void => undefined;

describe("PublishFlow", () => {
  it("begins with what people read of the module, and publishes what was typed and ticked", async () => {
    const { flow, sent } = made();
    await flow.look();
    expect(flow.choice).toMatchObject({ title: "Line", tags: "a, b", version: null });
    flow.choice = { ...flow.choice, notes: "first", tags: "a，c" };
    flow.select("notes.txt", true);
    await flow.publish(nothing, () => Promise.resolve(false));
    expect(flow.isForOthers).toBe(false);
    expect(sent).toEqual([expect.objectContaining({
      notes: "first", tags: ["a", "c"], version: null, dev: false, again: false, files: ["main.py", "notes.txt"],
    })]);
    await flow.look();
    expect(flow.choice.notes).toBe("");
    expect(flow.isSelected("notes.txt")).toBe(false);
    flow.choice = { ...flow.choice, visibility: "public" };
    await flow.publish(nothing, () => Promise.resolve(false));
    expect(flow.isForOthers).toBe(true);
  });

  it("publishes unchanged files once more only where that is wanted", async () => {
    const refusal = new PlatformError(409, "module_unchanged", "", { unchanged_since: "0.1.0" });
    const { flow, sent } = made();
    const drafts: unknown[] = [];
    const { flow: refused } = made({
      publishModule: (draft) => {
        drafts.push(draft.again);
        return draft.again === true ? Promise.resolve(PUBLISHED) : Promise.reject(refusal);
      },
    });
    await refused.look();
    const questions: string[] = [];
    const answer = (yes: boolean) => (version: string) => {
      questions.push(version);
      return Promise.resolve(yes);
    };
    expect(await refused.publish(nothing, answer(false))).toBeNull();
    expect(await refused.publish(nothing, answer(true))).toEqual(PUBLISHED);
    expect([drafts, questions]).toEqual([[false, false, true], ["0.1.0", "0.1.0"]]);
    await flow.look();
    expect(await flow.publish(nothing, answer(false))).toEqual(PUBLISHED);
    expect(sent).toHaveLength(1);
  });

  it("waits while the environment is being built, and goes on by itself", async () => {
    let building = 2;
    const { flow, waits } = made({
      checkModule: () => building-- > 0
        ? Promise.reject(new PlatformError(503, "environment_building", "", { retry_after: 5 }))
        : Promise.resolve(REPORT),
    });
    await flow.look();
    let shown = 0;
    expect(await flow.check(() => { shown++; })).toBe(REPORT);
    expect([waits, shown]).toEqual([[5, 5], 2]);
  });

  it("hands on every other refusal", async () => {
    const { flow } = made({ publishModule: () => Promise.reject(new PlatformError(422, "module_check_failed", "wrong")) });
    await flow.look();
    await expect(flow.publish(nothing, () => Promise.resolve(true))).rejects.toThrow("wrong");
  });

  it("keeps edits of the spec while the code is the same, and writes both files back", async () => {
    let code = "class line: ...";
    const { flow, sent } = made({ prepareModule: () => Promise.resolve(preparation(code)) });
    await flow.open("a.ipynb");
    const texts = { type: "float", range: "0-10", defaultValue: "", description: "where", optional: false };
    flow.editParameter("input", "predict", "x", texts);
    flow.editParameter("input", "train", "none", texts);
    await flow.prepare();
    expect(flow.spec.input).toEqual({ predict: { x: { value_type: "float", description: "where", value_range: "0-10" } } });
    expect(await flow.replaces()).toBe(true);
    await flow.write();
    expect(flow.canUndo).toBe(true);
    await flow.undo();
    expect(sent[1]).toEqual({ main: "by hand", module_spec: null });
    expect(flow.canUndo).toBe(false);
    code = "class other: ...";
    await flow.prepare();
    expect(flow.spec.input.predict?.x).toEqual({ value_type: "float", description: "" });
  });

  it("forgets a report when a file is ticked otherwise", async () => {
    const { flow } = made();
    await flow.look();
    await flow.check(nothing);
    expect(flow.report).toBe(REPORT);
    flow.select("notes.txt", true);
    expect(flow.report).toBeNull();
  });
});
