/** What the browser knows of jobs: their states, and which of them ended since the last poll. */
import { type EndedState, hasEnded } from "@openmo/shared/jobs";
import type { JobView } from "@openmo/shared/rest-api";

/** The part of the platform's job that JupyterLab shows; `url` is empty when the server half knows no public address. */
export type Job = Pick<
  JobView,
  "id" | "number" | "name" | "script" | "device" | "gpus" | "state" | "reason" | "stop_requested" | "started_at" | "ended_at" | "url"
>;

export type EndedJob = Job & { readonly state: EndedState };

/** Between two polls when no event comes: while jobs run, while none does, and at most after failures. */
export const POLL_INTERVALS_MS = { active: 5_000, idle: 60_000, max: 120_000 } as const;

/** Keeps the jobs that have not ended, so that each ending is reported once. */
export class JobWatch {
  private readonly watched = new Set<number>();

  /** The numbers to request. */
  get numbers(): number[] {
    return [...this.watched];
  }

  get interval(): number {
    return this.watched.size > 0 ? POLL_INTERVALS_MS.active : POLL_INTERVALS_MS.idle;
  }

  add(job: Job): void {
    if (!hasEnded(job)) {
      this.watched.add(job.number);
    }
  }

  /**
   * Takes the platform's response about the `requested` numbers and returns the watched jobs that have ended.
   * A requested job that is missing from the response was deleted: it is dropped silently.
   */
  update(requested: readonly number[], response: readonly Job[]): EndedJob[] {
    const ended = response.filter((job): job is EndedJob => hasEnded(job) && this.watched.has(job.number));
    const present = new Set(response.map((job) => job.number));
    for (const number of requested) {
      if (!present.has(number)) {
        this.watched.delete(number);
      }
    }
    for (const job of ended) {
      this.watched.delete(job.number);
    }
    response.forEach((job) => { this.add(job); });
    return ended;
  }
}

/** What a job runs on: `CPU`, `GPU`, `GPU × 2`. */
export function deviceText(job: Job): string {
  return job.gpus > 1 ? `${job.device.toUpperCase()} × ${String(job.gpus)}` : job.device.toUpperCase();
}
