/** What the browser knows of jobs: their states, and which of them ended since it last looked. */

export type JobState = "pending" | "running" | "succeeded" | "failed" | "terminated";
export type EndedState = Exclude<JobState, "pending" | "running">;

/** The part of the platform's job that JupyterLab shows. */
export interface Job {
  readonly id: string;
  readonly name: string;
  readonly state: JobState;
  /** Why the job waits or failed, in one sentence; null when there is nothing to say. */
  readonly reason: string | null;
  /** The job's page, for the browser; empty when the server half does not know the platform's public address. */
  readonly url: string;
}

export interface EndedJob extends Job {
  readonly state: EndedState;
}

export function hasEnded(job: Job): job is EndedJob {
  return job.state !== "pending" && job.state !== "running";
}

/** Milliseconds between two looks: while jobs run, while none does, and at most after failures. */
export const INTERVALS = { active: 3_000, idle: 30_000, max: 120_000 } as const;

/** Remembers the jobs that have not ended, so that each ending is told once. */
export class JobWatch {
  private readonly watched = new Set<string>();

  /** The ids to ask about. */
  get ids(): string[] {
    return [...this.watched];
  }

  get interval(): number {
    return this.watched.size > 0 ? INTERVALS.active : INTERVALS.idle;
  }

  add(job: Job): void {
    if (!hasEnded(job)) {
      this.watched.add(job.id);
    }
  }

  /**
   * Takes the platform's answer about `asked` ids and returns the watched jobs that have ended.
   * A job that was asked for and is not in the answer was deleted: it is forgotten without a word.
   */
  update(asked: readonly string[], answer: readonly Job[]): EndedJob[] {
    const ended = answer.filter((job): job is EndedJob => hasEnded(job) && this.watched.has(job.id));
    const present = new Set(answer.map((job) => job.id));
    for (const id of asked) {
      if (!present.has(id)) {
        this.watched.delete(id);
      }
    }
    for (const job of ended) {
      this.watched.delete(job.id);
    }
    answer.forEach((job) => { this.add(job); });
    return ended;
  }
}
