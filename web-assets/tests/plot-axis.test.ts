import { expect, test } from "vitest";
import { upFromZero } from "../src/charts/plot";

test("amounts are drawn from 0, with room above the highest", () => {
  expect(upFromZero(100)[0]).toBe(0);
  expect(upFromZero(100)[1]).toBeGreaterThan(100);
  expect(upFromZero(0)).toEqual([0, 1]);
  expect(upFromZero(null)).toEqual([0, 1]);
});
