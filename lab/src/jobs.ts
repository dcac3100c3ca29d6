/** What the browser knows of jobs: their states, and which of them ended since it last looked. */

export type JobState = "pending" | "running" | "succeeded" | "failed" | "terminated";
export type EndedState = Exclude<JobState, "pending" | "running">;
export type Device = "cpu" | "gpu";

/** The part of the platform's job that JupyterLab shows. */
export interface Job {
  readonly id: string;
  /** Counts up from 1 within the project. */
  readonly number: number;
  readonly name: string;
  readonly script: string;
  readonly device: Device;
  readonly gpus: number;
  readonly state: JobState;
  /** Why the job waits or failed, in one sentence; empty when there is nothing to say. */
  readonly reason: string;
  /** Whether somebody asked it to stop. */
  readonly stop_requested: boolean;
  /** Moments in ISO 8601; null before they come. */
  readonly started_at: string | null;
  readonly ended_at: string | null;
  /** The job's page, for the browser; empty when the server half does not know the platform's public address. */
  readonly url: string;
}

export interface EndedJob extends Job {
  readonly state: EndedState;
}

export function hasEnded(job: Job): job is EndedJob {
  return job.state !== "pending" && job.state !== "running";
}

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

/** How long the job has run, or ran, in seconds; null before it started. `now` is the platform's clock in milliseconds. */
export function runSeconds(job: Job, now: number): number | null {
  if (job.started_at === null) {
    return null;
  }
  const end = job.ended_at === null ? now : Date.parse(job.ended_at);
  return Math.max(0, (end - Date.parse(job.started_at)) / 1000);
}

/** What a job runs on: `CPU`, `GPU`, `GPU × 2`. */
export function deviceText(job: Job): string {
  return job.gpus > 1 ? `${job.device.toUpperCase()} × ${String(job.gpus)}` : job.device.toUpperCase();
}
