import { expect, test } from "vitest";
import { durationText } from "../src/durations";

test("durations have two units at most", () => {
  expect([-1, 0, 2.9, 59.9, 60, 185, 3599, 3723, 7620].map(durationText)).toEqual(
    ["0 s", "0 s", "2 s", "59 s", "1 min 00 s", "3 min 05 s", "59 min 59 s", "1 h 02 min", "2 h 07 min"],
  );
});
