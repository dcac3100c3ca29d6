/** The project's jobs as the browser knows them, for the widgets that show them and the notices of their ends. */
import { type ISignal, Signal } from "@lumino/signaling";
import { messageOf } from "@openmo/shared/problems";

import { type EndedJob, type Job, JobWatch } from "./jobs";

/** What the server half says about jobs. */
export interface JobsResponse {
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
  /** Why the last request failed; empty: it did not. */
  readonly error: string;
  /** Milliseconds until the next poll, when no event comes before. */
  readonly interval: number;
  readonly changed: ISignal<IJobs, void>;
  /** The jobs that ended since the last request; each is reported once. */
  readonly ended: ISignal<IJobs, readonly EndedJob[]>;
  /** The platform's clock in milliseconds. */
  now(): number;
  /** Requests the jobs; calls that come during a request lead to one more request. */
  refresh(): Promise<void>;
  /** Takes in the response to an action, without waiting for the next poll. */
  put(job: Job): void;
}

/** Keeps what `fetchJobs` responds. */
export class JobsModel implements IJobs {
  private readonly watch = new JobWatch();
  private readonly changedSignal = new Signal<IJobs, void>(this);
  private readonly endedSignal = new Signal<IJobs, readonly EndedJob[]>(this);
  private current: readonly Job[] = [];
  /** What was put in since the last request began: newer than its response. */
  private readonly fresh = new Map<number, Job>();
  private refreshing: Promise<void> | null = null;
  /** Counts calls of `refresh`: one that comes during a request leads to another request. */
  private refreshes = 0;
  private skew = 0;
  private loaded = false;
  private failure = "";

  constructor(private readonly fetchJobs: (numbers: readonly number[]) => Promise<JobsResponse>) {}

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
    this.refreshes++;
    this.refreshing ??= this.fetchUntilFresh().finally(() => { this.refreshing = null; });
    return this.refreshing;
  }

  put(job: Job): void {
    this.fresh.set(job.number, job);
    this.current = this.withFresh(this.current);
    this.watch.add(job);
    this.changedSignal.emit();
  }

  private async fetchUntilFresh(): Promise<void> {
    let refreshes: number;
    do {
      refreshes = this.refreshes;
      this.fresh.clear();
      const requested = this.watch.numbers.slice(0, 50);
      try {
        this.apply(requested, await this.fetchJobs(requested));
      } catch (reason) {
        this.failure = messageOf(reason);
        this.changedSignal.emit();
        throw reason;
      }
    } while (refreshes !== this.refreshes);
  }

  private withFresh(jobs: readonly Job[]): Job[] {
    const others = jobs.filter((job) => !this.fresh.has(job.number));
    return [...others, ...this.fresh.values()].sort((left, right) => right.number - left.number);
  }

  private apply(requested: readonly number[], response: JobsResponse): void {
    this.skew = response.now * 1000 - Date.now();
    this.current = this.withFresh(response.items);
    this.loaded = true;
    this.failure = "";
    const ended = this.watch.update(requested, this.current);
    this.changedSignal.emit();
    if (ended.length > 0) {
      this.endedSignal.emit(ended);
    }
  }
}
