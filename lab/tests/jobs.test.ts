import { describe, expect, it } from "vitest";

import { POLL_INTERVALS_MS, JobWatch, deviceText } from "../src/jobs";
import { job } from "./jobValues";

describe("JobWatch", () => {
  it("tells each ending once", () => {
    const watch = new JobWatch();
    watch.add(job(1, "pending"));
    expect(watch.update([1], [job(1, "running")])).toEqual([]);
    expect(watch.update([1], [job(1, "failed")])).toEqual([job(1, "failed")]);
    expect(watch.update([], [job(1, "failed")])).toEqual([]);
    expect(watch.numbers).toEqual([]);
  });

  it("watches jobs that were created elsewhere, and says nothing of those that had ended before", () => {
    const watch = new JobWatch();
    expect(watch.update([], [job(1, "succeeded"), job(2, "running")])).toEqual([]);
    expect(watch.numbers).toEqual([2]);
    expect(watch.update([2], [job(2, "terminated")])).toEqual([job(2, "terminated")]);
  });

  it("forgets a deleted job, and keeps one that was added while the answer was on its way", () => {
    const watch = new JobWatch();
    watch.add(job(1, "running"));
    const asked = watch.numbers;
    watch.add(job(2, "pending"));
    expect(watch.update(asked, [])).toEqual([]);
    expect(watch.numbers).toEqual([2]);
  });

  it("asks often only while a job is on its way", () => {
    const watch = new JobWatch();
    expect(watch.interval).toBe(POLL_INTERVALS_MS.idle);
    watch.add(job(1, "pending"));
    expect(watch.interval).toBe(POLL_INTERVALS_MS.active);
    watch.update([1], [job(1, "succeeded")]);
    expect(watch.interval).toBe(POLL_INTERVALS_MS.idle);
  });
});

describe("what a row says", () => {
  it("names the device", () => {
    expect(deviceText(job(1, "running"))).toBe("CPU");
    expect(deviceText(job(1, "running", { device: "gpu", gpus: 2 }))).toBe("GPU × 2");
  });
});
