import { describe, expect, it } from "vitest";

import type { ParameterData } from "../src/app";
import { parameterOf, textsOf, withParameter } from "../src/specForm";

const plain = { value_type: "str", description: "" };

function edited(type: string, texts: { range?: string; defaultValue?: string }): ParameterData {
  return parameterOf({ ...textsOf(plain), type, ...texts }, plain);
}

describe("the form of a parameter", () => {
  it.each<[string, string, unknown]>([
    ["int", "3", 3],
    ["float", " -1.5e3 ", -1500],
    ["int", "three", "three"],
    ["bool", "True", true],
    ["bool", "maybe", "maybe"],
    ["str", "3", "3"],
    ["str", " ", " "],
    ["enum", "b", "b"],
    ["[int]", "1, 2，3", [1, 2, 3]],
    ["[str]", "1、a", ["1", "a"]],
    ["int", "", undefined],
    ["img", "a.png", undefined],
  ])("reads a default of type %s from %j", (type, text, value) => {
    expect(edited(type, { defaultValue: text }).default_value).toEqual(value);
  });

  it.each<[string, string, unknown]>([
    ["float", "0-10", "0-10"],
    ["int", "-5 ~ 5", "-5 ~ 5"],
    ["int", ">=3", ">=3"],
    ["int", "2, 4", [2, 4]],
    ["enum", "a, b", ["a", "b"]],
    ["enum", "[甲，乙]", ["甲", "乙"]],
    ["str", "1, 2", ["1", "2"]],
    ["bool", "0-1", undefined],
    ["int", " ", undefined],
  ])("reads a range of type %s from %j", (type, text, value) => {
    expect(edited(type, { range: text }).value_range).toEqual(value);
  });

  it("shows what it reads, and loses no key that it does not show", () => {
    const parameter: ParameterData = {
      value_type: "enum",
      description: "kind",
      default_value: "b",
      value_range: ["a", "b"],
      optional: true,
      unit: "cm",
    };
    expect(textsOf(parameter)).toMatchObject({ range: "a, b", defaultValue: "b", optional: true });
    expect(parameterOf(textsOf(parameter), parameter)).toEqual(parameter);
  });

  it("replaces one parameter in its place", () => {
    const parameters = { a: plain, b: plain, c: plain };
    const changed = withParameter(parameters, "b", { ...plain, description: "new" });
    expect(Object.keys(changed)).toEqual(["a", "b", "c"]);
    expect(changed.b?.description).toBe("new");
  });
});
