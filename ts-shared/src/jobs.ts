import type { JobState, JobView } from "./rest-api";

export type EndedState = Exclude<JobState, "pending" | "running">;

export function hasEnded<J extends { readonly state: JobState }>(job: J): job is J & { readonly state: EndedState } {
  return job.state !== "pending" && job.state !== "running";
}

/** How long the job has run, or ran, in seconds; null before it started. `now` is in milliseconds. */
export function runSeconds(job: Pick<JobView, "started_at" | "ended_at">, now: number): number | null {
  if (job.started_at === null) return null;
  const end = job.ended_at === null ? now : Date.parse(job.ended_at);
  return Math.max(0, (end - Date.parse(job.started_at)) / 1000);
}
