import type { JobDraftView } from "@openmo/shared/rest-api";

import { describe, expect, it } from "vitest";

import { joinArguments, splitArguments } from "../src/arguments";
import { runCommand } from "../src/consoleCommand";
import { FormError, emptyForm, formLike, requestOf } from "../src/jobForm";

const DRAFT: JobDraftView = {
  number: 3, name: "", script: "train.py", args: ["--name", "it's two words", ""], env: { SEED: "7" }, secrets: ["KEY"],
  device: "gpu", cpus: 2, gpus: 1, memory_limit: "2 GiB", time_limit: "1 h",
};

describe("the form of a job", () => {
  it("asks for little when little was typed", () => {
    expect(requestOf(emptyForm("a.py"))).toMatchObject({ script: "a.py", args: [], device: "cpu", cpus: 1, gpus: 0, env: {}, secrets: {} });
  });

  it("repeats an earlier job with its code and its secrets", () => {
    expect(requestOf(formLike(DRAFT))).toEqual({
      script: "train.py", name: "", args: ["--name", "it's two words", ""], env: { SEED: "7" }, secrets: {}, device: "gpu",
      cpus: 2, gpus: 1, memory_limit: "2 GiB", time_limit: "1 h", code_of: 3, secrets_of: 3,
    });
  });

  it("gives CPU jobs no GPUs, and skips rows that were left empty", () => {
    const values = { ...formLike(DRAFT), target: "cpu" as const, gpus: "4", env: [{ name: "", value: "" }, { name: " A ", value: " x " }] };
    expect(requestOf(values)).toMatchObject({ gpus: 0, env: { A: " x " } });
  });

  it.each([
    ["no-script", { script: "" }],
    ["not-a-number", { cpus: "two" }],
    ["not-a-number", { cpus: "-1" }],
    ["variable-name", { env: [{ name: "a b", value: "" }] }],
    ["variable-name", { secrets: [{ name: "", value: "hunter2" }] }],
    ["variable-twice", { env: [{ name: "A", value: "1" }, { name: "A", value: "2" }] }],
  ])("says %s of %o, and never a secret's value", (reason, typed) => {
    const attempt = (): unknown => requestOf({ ...emptyForm("a.py"), ...typed });
    expect(attempt).toThrow(FormError);
    expect(attempt).toThrow(reason);
    expect(attempt).not.toThrow("hunter2");
  });
});

describe("arguments on a line", () => {
  it.each([[[]], [["--lr", "0.1"]], [["a b", "", "it's", "\"", "\\", "$HOME", "*", "多 字"]]])("come back as they were: %o", (words) => {
    expect(splitArguments(joinArguments(words))).toEqual(words);
  });
});

describe("running a script in a console", () => {
  it("reads like what one would type", () => {
    expect(runCommand("src/train.py", ["--epochs", "3"])).toBe("%run src/train.py --epochs 3");
    expect(runCommand("my script.py", [])).toBe("%run 'my script.py'");
  });

  it("hands over what IPython would change", () => {
    expect(runCommand("a.py", ["$HOME", "{x}", "*.csv"])).toBe(
      "get_ipython().find_line_magic(\"run\")(\"-G a.py '$HOME' '{x}' '*.csv'\")",
    );
  });
});
