// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { renderProblem } from "../src/app/problems";
import { ResultView } from "../src/app/results";
import type { OutputSpec } from "../src/app/types";

const render = (value: unknown, type = "str"): HTMLElement => {
  const outputs: OutputSpec[] = [{ name: "x", type, description: "" }];
  const view = new ResultView(outputs);
  view.update({ x: value });
  return view.element;
};

describe("results", () => {
  it("are text, whatever they look like", () => {
    const box = render("<img src=x onerror=alert(1)>");
    expect(box.querySelector("img")).toBeNull();
    expect(box.textContent).toContain("<img src=x onerror=alert(1)>");
  });

  it("load files from this site alone", () => {
    expect(render("/run/files/abc.png", "img").querySelector("img")?.src).toBe("http://localhost:3000/run/files/abc.png");
    expect(render({ url: "/run/files/abc.png" }, "img").querySelector("img")).not.toBeNull();
    for (const address of ["https://evil.example/x.png", "//evil.example/x.png", "javascript:alert(1)", "data:text/html,x"]) {
      expect(render(address, "img").querySelector("img")).toBeNull();
      expect(render(address, "file").querySelector("a")).toBeNull();
    }
  });

  it("show shares as bars, the largest first", () => {
    const box = render({ cat: 0.2, "<b>": 0.7, dog: 0.1 });
    expect([...box.querySelectorAll(".bar-name")].map((one) => one.textContent)).toEqual(["<b>", "cat", "dog"]);
    expect(box.querySelector<HTMLElement>(".top .bar > i")?.style.width).toBe("70%");
  });

  it("show rows as a table and the rest as a tree", () => {
    expect(render([{ a: 1, b: null }, { c: "x" }]).querySelectorAll("tbody td").length).toBe(6);
    expect(render({ columns: ["a", "b"], rows: [[1, 2], [3, 4]] }).querySelectorAll("tbody tr").length).toBe(2);
    expect(render([[1, 2], [3, 4]]).querySelectorAll("thead").length).toBe(0);
    expect(render([1, 2, 3]).querySelectorAll(".value-list li").length).toBe(3);
    expect(render({ a: 2, deep: { b: "<i>" } }).querySelector(".tree")?.textContent).toContain("<i>");
    expect(render([1, [2]]).querySelector(".tree")).not.toBeNull();
  });

  it("say what went wrong without building it", () => {
    const box = renderProblem({ status: 500, code: "handler_failed", title: "<script>", detail: "<b>x</b>", traceback: "<i>line 1</i>" });
    expect(box.querySelector("script, b, i")).toBeNull();
    expect(box.textContent).toContain("<b>x</b>");
  });
});
