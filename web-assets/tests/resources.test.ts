// @vitest-environment jsdom
import { expect, test } from "vitest";
import { curves } from "../src/charts/resources";

const samples = { time: [1, 2], cpus: [0.5, 1], memory: [2 ** 30, 2 ** 31], gpus: [null, null], gpu_memory: [0, 0] };

test("memory is drawn in MiB, and GPUs only where there are any", () => {
  const drawn = curves({ ...samples, has_gpus: false });
  expect([...drawn]).toEqual([
    ["CPUs in use", [0.5, 1]],
    ["Memory (MiB)", [1024, 2048]],
  ]);
  expect([...curves({ ...samples, has_gpus: true }).keys()]).toContain("GPUs in use");
});

test("nothing is drawn before the first sample", () => {
  expect(curves({ time: [], cpus: [], memory: [], gpus: [], gpu_memory: [], has_gpus: false }).size).toBe(0);
});
