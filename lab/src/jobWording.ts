/** Jobs in the user's language. */
import type { TranslationBundle } from "@jupyterlab/translation";
import type { JobState } from "@openmo/shared/rest-api";
import type { EndedState } from "@openmo/shared/jobs";

import type { EndedJob, Job } from "./jobs";

/** The state as a word. */
export function stateText(state: JobState, trans: TranslationBundle): string {
  switch (state) {
    case "pending":
      return trans.__("pending");
    case "running":
      return trans.__("running");
    case "succeeded":
      return trans.__("succeeded");
    case "failed":
      return trans.__("failed");
    case "terminated":
      return trans.__("terminated");
  }
}

/** What there is to say about a job besides its state; empty: nothing. */
export function reasonText(job: Job, trans: TranslationBundle): string {
  const stopping = job.stop_requested && (job.state === "pending" || job.state === "running");
  return stopping ? trans.__("It is being stopped.") : job.reason;
}

/** One sentence about a job that ended. */
export function endingText(job: EndedJob, trans: TranslationBundle): string {
  switch (job.state) {
    case "succeeded":
      return trans.__("Job %1 succeeded.", job.name);
    case "failed":
      return job.reason ? trans.__("Job %1 failed: %2", job.name, job.reason) : trans.__("Job %1 failed.", job.name);
    case "terminated":
      return trans.__("Job %1 was terminated.", job.name);
  }
}

/** One sentence about several that ended together. */
export function endingsText(jobs: readonly EndedJob[], trans: TranslationBundle): string {
  const count = (state: EndedState): number => jobs.filter((job) => job.state === state).length;
  return trans.__(
    "%1 jobs ended: %2 succeeded, %3 failed, %4 terminated.",
    jobs.length, count("succeeded"), count("failed"), count("terminated"),
  );
}

/** How bad the worst of the endings is, as JupyterLab's notices call it. */
export function endingLevel(jobs: readonly EndedJob[]): "success" | "error" | "warning" {
  if (jobs.some((job) => job.state === "failed")) {
    return "error";
  }
  return jobs.some((job) => job.state === "terminated") ? "warning" : "success";
}
