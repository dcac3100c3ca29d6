import { describe, expect, it } from "vitest";

import { ArgumentsError, splitArguments } from "../src/arguments";

describe("splitArguments", () => {
  it.each([
    ["", []],
    ["  \t ", []],
    ["--epochs 10", ["--epochs", "10"]],
    ["  a\n b ", ["a", "b"]],
    ["--name 'two words'", ["--name", "two words"]],
    ['--name="two words"', ["--name=two words"]],
    ["''", [""]],
    ['a""b', ["ab"]],
    ["a\\ b", ["a b"]],
    ["'a\\b'", ["a\\b"]],
    ['"say \\"hi\\" \\n"', ['say "hi" \\n']],
    ["$HOME *.csv", ["$HOME", "*.csv"]],
    ["学习率 0.1", ["学习率", "0.1"]],
  ])("splits %j", (line, expected) => {
    expect(splitArguments(line)).toEqual(expected);
  });

  it.each([
    ["'open", "open-quote"],
    ['a "open', "open-quote"],
    ['"ends in \\"', "open-quote"],
    ["a \\", "trailing-backslash"],
  ])("refuses %j", (line, reason) => {
    expect(() => splitArguments(line)).toThrow(new ArgumentsError(reason as ArgumentsError["reason"]));
  });
});
