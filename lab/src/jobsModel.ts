/** The project's jobs as the browser knows them, for whoever shows them or waits for their end. */
import { type ISignal, Signal } from "@lumino/signaling";

import { type EndedJob, type Job, JobWatch } from "./jobs";
import { messageOf } from "./problem";

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
    const others = this.current.filter((each) => each.number !== job.number);
    this.current = [...others, job].sort((left, right) => right.number - left.number);
    this.watch.add(job);
    this.changedSignal.emit();
  }

  private async lookUntilFresh(): Promise<void> {
    do {
      this.again = false;
      const asked = this.watch.numbers;
      try {
        this.take(asked, await this.look(asked.slice(0, 50)));
      } catch (reason) {
        this.failure = messageOf(reason);
        this.changedSignal.emit();
        throw reason;
      }
    } while (this.wanted());
  }

  private wanted(): boolean {
    return this.again;
  }

  private take(asked: readonly number[], answer: JobsAnswer): void {
    this.skew = answer.now * 1000 - Date.now();
    // What was put in while the answer was on its way is newer than the answer.
    const added = this.current.filter((job) => this.watch.numbers.includes(job.number) && !asked.includes(job.number));
    const present = new Set(answer.items.map((job) => job.number));
    const missing = added.filter((job) => !present.has(job.number));
    this.current = [...missing, ...answer.items].sort((left, right) => right.number - left.number);
    this.loaded = true;
    this.failure = "";
    const ended = this.watch.update(asked.slice(0, 50), answer.items);
    this.changedSignal.emit();
    if (ended.length > 0) {
      this.endedSignal.emit(ended);
    }
  }
}
