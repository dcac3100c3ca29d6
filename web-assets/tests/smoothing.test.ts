import { expect, test } from "vitest";
import { positive, smooth } from "../src/charts/smoothing";

test("a constant stays itself from its first point on", () => {
  for (const value of smooth([3, 3, 3, 3], 0.9)) expect(value).toBeCloseTo(3);
});

test("the average weighs as TensorBoard's does", () => {
  const [first, second, third] = smooth([1, 0, 0], 0.5);
  expect([first, second, third].map((value) => Number(value?.toFixed(4)))).toEqual([1, 0.3333, 0.1429]);
});

test("gaps stay gaps and the average goes on behind them", () => {
  expect(smooth([2, null, 2], 0.6)).toEqual([2, null, expect.closeTo(2) as number]);
  expect(smooth([1, null, 5], 0)).toEqual([1, null, 5]);
});

test("a log scale hides what is not above zero, and counts it", () => {
  expect(positive([1, 0, -2, null, 3])).toEqual({ shown: [1, null, null, null, 3], hidden: 2 });
});
