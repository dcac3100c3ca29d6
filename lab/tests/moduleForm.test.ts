import { describe, expect, it } from "vitest";

import { boundsOf, choicesOf, controlOf, initialText, isRequired, rangeOf, valuesOf } from "../src/modules/form";

describe("the form of a method", () => {
  it.each([
    [{ value_type: "int" }, "number"],
    [{ value_type: "float", value_range: "0-10" }, "number"],
    [{ value_type: "float", value_range: [0.5, 1] }, "choice"],
    [{ value_type: "enum", value_range: ["a", "b"] }, "choice"],
    [{ value_type: "bool" }, "switch"],
    [{ value_type: "datetime" }, "date"],
    [{ value_type: "[float]", value_range: [1, 2] }, "list"],
    [{ value_type: "img" }, "path"],
    [{ value_type: "dataframe" }, "path"],
    [{ value_type: "ndarray" }, "text"],
    [{}, "text"],
  ])("gives %o the control %s", (parameter, control) => {
    expect(controlOf(parameter)).toBe(control);
  });

  it("reads ranges as the spec writes them", () => {
    expect(boundsOf({ value_range: "0-10" })).toEqual(["0", "10"]);
    expect(boundsOf({ value_range: "-1.5 ~ 1e-3" })).toEqual(["-1.5", "1e-3"]);
    expect(boundsOf({ value_range: ">=10" })).toBeNull();
    expect(rangeOf({ value_range: [2, "b"] })).toBe("2, b");
    expect(choicesOf({ value_range: "0-10" })).toEqual([]);
  });

  it("begins with the defaults, and knows what must be given", () => {
    expect(initialText({ default_value: [1, 2] })).toBe("1, 2");
    expect(initialText({ default_value: false })).toBe("false");
    expect(initialText({ default_value: "" })).toBe("");
    expect(isRequired({ default_value: 0 })).toBe(false);
    expect(isRequired({ optional: true })).toBe(false);
    expect(isRequired({ value_type: "int" })).toBe(true);
  });

  it("sends what was changed, and nothing of what was left or emptied", () => {
    const parameters = [
      { name: "epochs", value_type: "int", default_value: 2 },
      { name: "path", value_type: "str", default_value: "./digits" },
      { name: "note", value_type: "str", optional: true },
    ];
    const texts = new Map([["epochs", "3"], ["path", "./digits"], ["note", ""]]);
    expect(valuesOf(parameters, texts)).toEqual({ epochs: "3" });
    expect(valuesOf(parameters, new Map([["epochs", ""]]))).toEqual({});
  });
});
