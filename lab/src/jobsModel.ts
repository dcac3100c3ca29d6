/** The project's jobs as the browser knows them, for whoever shows them or waits for their end. */
import { type ISignal, Signal } from "@lumino/signaling";
import { messageOf } from "@openmo/shared/problems";

import { type EndedJob, type Job, JobWatch } from "./jobs";

/** What the server half says about jobs. */
export interface JobsAnswer {
  readonly items: readonly Job[];
  /** Its clock, in seconds: durations are counted by it and not by the browser's. */
  readonly now: number;
}

/** The project's jobs. They are as fresh as the platform's events are fast. */
export interface IJobs {
  /** Newest first. */
  readonly jobs: readonly Job[];
  /** Whether the platform has answered yet. */
  readonly isLoaded: boolean;
  /** Why the last look failed; empty: it did not. */
  readonly error: string;
  /** Milliseconds until the next look, when no event comes before. */
  readonly interval: number;
  readonly changed: ISignal<IJobs, void>;
  /** The jobs that ended since the last look; each is told once. */
  readonly ended: ISignal<IJobs, readonly EndedJob[]>;
  /** The platform's clock in milliseconds. */
  now(): number;
  /** Looks again; calls that come while it looks are answered by one look more. */
  refresh(): Promise<void>;
  /** Takes in what an action answered, without waiting for the next look. */
  put(job: Job): void;
}

/** Asks `look` and keeps what it says. */
export class JobsModel implements IJobs {
  private readonly watch = new JobWatch();
  private readonly changedSignal = new Signal<IJobs, void>(this);
  private readonly endedSignal = new Signal<IJobs, readonly EndedJob[]>(this);
  private current: readonly Job[] = [];
  /** What was put in since the last look began: newer than what it answers. */
  private readonly fresh = new Map<number, Job>();
  private looking: Promise<void> | null = null;
  private again = false;
  private skew = 0;
  private loaded = false;
  private failure = "";

  constructor(private readonly look: (numbers: readonly number[]) => Promise<JobsAnswer>) {}

  get jobs(): readonly Job[] {
    return this.current;
  }

  get isLoaded(): boolean {
    return this.loaded;
  }

  get error(): string {
    return this.failure;
  }

  get interval(): number {
    return this.watch.interval;
  }

  get changed(): ISignal<IJobs, void> {
    return this.changedSignal;
  }

  get ended(): ISignal<IJobs, readonly EndedJob[]> {
    return this.endedSignal;
  }

  now(): number {
    return Date.now() + this.skew;
  }

  refresh(): Promise<void> {
    if (this.looking !== null) {
      this.again = true;
      return this.looking;
    }
    this.looking = this.lookUntilFresh().finally(() => { this.looking = null; });
    return this.looking;
  }

  put(job: Job): void {
    this.fresh.set(job.number, job);
    this.current = this.withFresh(this.current);
    this.watch.add(job);
    this.changedSignal.emit();
  }

  private async lookUntilFresh(): Promise<void> {
    do {
      this.again = false;
      this.fresh.clear();
      const asked = this.watch.numbers.slice(0, 50);
      try {
        this.take(asked, await this.look(asked));
      } catch (reason) {
        this.failure = messageOf(reason);
        this.changedSignal.emit();
        throw reason;
      }
    } while (this.wanted());
  }

  private withFresh(jobs: readonly Job[]): Job[] {
    const others = jobs.filter((job) => !this.fresh.has(job.number));
    return [...others, ...this.fresh.values()].sort((left, right) => right.number - left.number);
  }

  private wanted(): boolean {
    return this.again;
  }

  private take(asked: readonly number[], answer: JobsAnswer): void {
    this.skew = answer.now * 1000 - Date.now();
    this.current = this.withFresh(answer.items);
    this.loaded = true;
    this.failure = "";
    const ended = this.watch.update(asked, this.current);
    this.changedSignal.emit();
    if (ended.length > 0) {
      this.endedSignal.emit(ended);
    }
  }
}
