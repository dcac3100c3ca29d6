/** What the browser knows of jobs: their states, and which of them ended since it last looked. */
import { type EndedState, hasEnded } from "@openmo/shared/jobs";
import type { JobView } from "@openmo/shared/rest-api";

/** The part of the platform's job that JupyterLab shows; `url` is empty when the server half knows no public address. */
export type Job = Pick<
  JobView,
  "id" | "number" | "name" | "script" | "device" | "gpus" | "state" | "reason" | "stop_requested" | "started_at" | "ended_at" | "url"
>;

export type EndedJob = Job & { readonly state: EndedState };

/** Milliseconds between two looks when no event comes: while jobs run, while none does, and at most after failures. */
export const INTERVALS = { active: 5_000, idle: 60_000, max: 120_000 } as const;

/** Remembers the jobs that have not ended, so that each ending is told once. */
export class JobWatch {
  private readonly watched = new Set<number>();

  /** The numbers to ask about. */
  get numbers(): number[] {
    return [...this.watched];
  }

  get interval(): number {
    return this.watched.size > 0 ? INTERVALS.active : INTERVALS.idle;
  }

  add(job: Job): void {
    if (!hasEnded(job)) {
      this.watched.add(job.number);
    }
  }

  /**
   * Takes the platform's answer about `asked` numbers and returns the watched jobs that have ended.
   * A job that was asked for and is not in the answer was deleted: it is forgotten without a word.
   */
  update(asked: readonly number[], answer: readonly Job[]): EndedJob[] {
    const ended = answer.filter((job): job is EndedJob => hasEnded(job) && this.watched.has(job.number));
    const present = new Set(answer.map((job) => job.number));
    for (const number of asked) {
      if (!present.has(number)) {
        this.watched.delete(number);
      }
    }
    for (const job of ended) {
      this.watched.delete(job.number);
    }
    answer.forEach((job) => { this.add(job); });
    return ended;
  }
}

/** What a job runs on: `CPU`, `GPU`, `GPU × 2`. */
export function deviceText(job: Job): string {
  return job.gpus > 1 ? `${job.device.toUpperCase()} × ${String(job.gpus)}` : job.device.toUpperCase();
}
