import type { JobState } from "@openmo/shared/rest-api";

import type { Job } from "../src/jobs";

/** A job of which only number and state matter. */
export function job(number: number, state: JobState, more: Partial<Job> = {}): Job {
  return {
    id: `id-${String(number)}`, number, name: `job ${String(number)}`, script: "train.py", device: "cpu", gpus: 0, state,
    reason: "", stop_requested: false, started_at: null, ended_at: null, url: "", ...more,
  };
}
