import { describe, expect, it } from "vitest";

import type { Job } from "../src/jobs";
import { type JobsResponse, JobsModel } from "../src/jobsModel";
import { job } from "./jobValues";

/** A platform whose answers come when the test says so. */
class Platform {
  readonly asked: (readonly number[])[] = [];
  private waiting: ((answer: JobsResponse) => void)[] = [];

  readonly look = (numbers: readonly number[]): Promise<JobsResponse> => {
    this.asked.push(numbers);
    return new Promise((resolve) => { this.waiting.push(resolve); });
  };

  answer(...items: Job[]): void {
    this.waiting.shift()?.({ items, now: Date.now() / 1000 + 60 });
  }
}

describe("JobsModel", () => {
  it("tells of endings, goes by the platform's clock, and is told to look again while it looks", async () => {
    const platform = new Platform();
    const model = new JobsModel(platform.look);
    const told: string[] = [];
    model.ended.connect((_, jobs) => { told.push(...jobs.map((each) => each.state)); });
    const first = model.refresh();
    void model.refresh();
    platform.answer(job(1, "running"));
    await Promise.resolve().then(() => undefined);
    await new Promise((resolve) => { setTimeout(resolve, 0); });
    platform.answer(job(1, "failed"));
    await first;
    expect(platform.asked).toEqual([[], [1]]);
    expect(told).toEqual(["failed"]);
    expect(model.now() - Date.now()).toBeGreaterThan(50_000);
  });

  it("keeps a job that was created while an older answer was on its way", async () => {
    const platform = new Platform();
    const model = new JobsModel(platform.look);
    const look = model.refresh();
    model.put(job(2, "pending"));
    platform.answer(job(1, "succeeded"));
    await look;
    expect(model.jobs.map((each) => each.number)).toEqual([2, 1]);
    const again = model.refresh();
    platform.answer(job(1, "succeeded"));
    await again;
    expect(model.jobs.map((each) => each.number)).toEqual([1]);
  });

  it("knows of a job what an action answered, and not what was asked for before", async () => {
    const platform = new Platform();
    const model = new JobsModel(platform.look);
    model.put(job(1, "running"));
    const look = model.refresh();
    model.put({ ...job(1, "running"), stop_requested: true });
    platform.answer(job(1, "running"));
    await look;
    expect(model.jobs.map((each) => each.stop_requested)).toEqual([true]);
    const again = model.refresh();
    platform.answer(job(1, "terminated"));
    await again;
    expect(model.jobs.map((each) => each.state)).toEqual(["terminated"]);
  });

  it("says why it could not look, until it can", async () => {
    let works = false;
    const model = new JobsModel(() => works ? Promise.resolve({ items: [], now: 0 }) : Promise.reject(new Error("away")));
    await expect(model.refresh()).rejects.toThrow("away");
    expect([model.error, model.isLoaded]).toEqual(["away", false]);
    works = true;
    await model.refresh();
    expect([model.error, model.isLoaded]).toEqual(["", true]);
  });
});
