import { expect, test } from "vitest";
import { hasEnded, runSeconds } from "../src/jobs";

test("a job has ended unless it waits or runs", () => {
  const states = ["pending", "running", "succeeded", "failed", "terminated"] as const;
  expect(states.filter((state) => hasEnded({ state }))).toEqual(["succeeded", "failed", "terminated"]);
});

test("running time counts up to now, and up to the end of an ended job", () => {
  const started_at = "2026-01-01T00:00:00Z";
  const now = Date.parse("2026-01-01T01:02:03Z");
  expect(runSeconds({ started_at: null, ended_at: null }, now)).toBeNull();
  expect(runSeconds({ started_at, ended_at: null }, now)).toBe(3723);
  expect(runSeconds({ started_at, ended_at: "2026-01-01T00:00:02.5Z" }, now)).toBe(2.5);
  expect(runSeconds({ started_at, ended_at: null }, Date.parse(started_at) - 5000)).toBe(0);
});
