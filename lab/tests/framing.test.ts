import { describe, expect, it } from "vitest";

import { FrameBudget, embedded, mayFrame, signInFor } from "../src/framing";

const LAB = "https://mo.example/user/ada/p/lab";
const PAGE = "/projects/ada/digits%201/jobs/3";

describe("pages in frames", () => {
  it("are of JupyterLab's own origin", () => {
    expect(mayFrame(PAGE, LAB)).toBe(true);
    for (const page of ["https://evil.example/", "javascript:alert(1)", "//evil.example/x", "http://mo.example/x"]) {
      expect(mayFrame(page, LAB)).toBe(false);
    }
  });

  it("show one part in JupyterLab's look", () => {
    expect(embedded(PAGE, { part: "log", theme: "dark", language: "zh-CN" }, LAB)).toBe(
      "https://mo.example/projects/ada/digits%201/jobs/3?embed=log&theme=dark&lang=zh-CN",
    );
    expect(embedded(PAGE, { part: "charts", theme: "", language: "" }, LAB)).toBe(`https://mo.example${PAGE}?embed=charts`);
  });

  it("come back after signing in", () => {
    const next = new URL(signInFor(`https://mo.example${PAGE}?embed=log`)).searchParams.get("next");
    expect(next).toBe(`${PAGE}?embed=log`);
  });
});

describe("FrameBudget", () => {
  it("unloads the frame that was not looked at for longest, never one that is visible", () => {
    const unloaded: string[] = [];
    const frame = (name: string): { isVisible: boolean; unload: () => void } => ({ isVisible: false, unload: () => { unloaded.push(name); } });
    const [a, b, c] = [frame("a"), frame("b"), frame("c")];
    const budget = new FrameBudget<typeof a>(2);
    budget.use(a);
    budget.use(b);
    budget.use(a);
    budget.use(c);
    expect(unloaded).toEqual(["b"]);
    a.isVisible = true;
    c.isVisible = true;
    budget.use(b);
    expect(unloaded).toEqual(["b"]);
  });
});
