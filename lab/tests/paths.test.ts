import { describe, expect, it } from "vitest";

import { isWebPage } from "../src/pages";
import { baseName, exportTarget, isPythonScript } from "../src/paths";

describe("paths", () => {
  it.each([
    ["iris.ipynb", "iris.py"],
    ["a.b/训练 1.ipynb", "a.b/训练 1.py"],
    ["UPPER.IPYNB", "UPPER.py"],
  ])("exports %s to %s", (notebook, script) => {
    expect(exportTarget(notebook)).toBe(script);
  });

  it("knows scripts and base names", () => {
    expect([isPythonScript("a/b.py"), isPythonScript("b.PY"), isPythonScript("b.pyc")]).toEqual([true, true, false]);
    expect([baseName("a/b.py"), baseName("b.py")]).toEqual(["b.py", "b.py"]);
  });
});

describe("isWebPage", () => {
  it.each([
    ["https://mo.example/ada/digits", true],
    ["/ada/digits?tab=jobs", true],
    ["javascript:alert(1)", false],
    ["data:text/html,x", false],
    ["http://[", false],
    ["", false],
  ])("%s: %s", (url, expected) => {
    expect(isWebPage(url, "https://mo.example/user/ada/lab")).toBe(expected);
  });
});
