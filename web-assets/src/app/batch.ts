import { messageOf } from "@openmo/shared/problems";
import { t } from "../ui/texts";
import type { Outcome } from "./call";
import { readList, readNumber } from "./checks";
import { canRetry } from "./problems";
import type { Answer, InputSpec, Problem, Value, Values } from "./types";

const CONCURRENCY = 4;
const MAX_ATTEMPTS = 8;
const MIN_RETRY_SECONDS = 1;

/** What one row came to; null until it is known. */
export type RowResult = { answer: Answer } | { error: string } | null;

export interface Batch {
  rows: readonly string[][];
  /** The inputs of a row; throws an Error that says what is wrong with it. */
  values: (row: string[]) => Values;
  call: (values: Values, signal: AbortSignal) => Promise<Outcome>;
  describe: (problem: Problem) => string;
  onResult: (at: number, result: NonNullable<RowResult>) => void;
  /** The server asks for a pause of so many seconds before the next retry. */
  onPause: (seconds: number) => void;
}

/** Calls the app for each row, a few at a time, and waits when the server asks for it. Resolves early when stopped. */
export async function runBatch(batch: Batch, signal: AbortSignal): Promise<void> {
  const pool = new Pool(batch, signal);
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, batch.rows.length) }, () => pool.work()));
}

class Pool {
  private next = 0;
  private resumeAt = 0;

  constructor(
    private readonly batch: Batch,
    private readonly signal: AbortSignal,
  ) {}

  async work(): Promise<void> {
    while (!this.signal.aborted && this.next < this.batch.rows.length) {
      const at = this.next++;
      const result = await this.callRow(this.batch.rows[at] ?? []);
      if (result) this.batch.onResult(at, result);
    }
  }

  private async callRow(row: string[]): Promise<RowResult> {
    try {
      const values = this.batch.values(row);
      for (let attempt = 1; ; attempt++) {
        await this.waitUntilResumed();
        const outcome = await this.batch.call(values, this.signal);
        if (outcome.ok) return { answer: outcome.answer };
        if (attempt === MAX_ATTEMPTS || !canRetry(outcome.problem) || outcome.problem.status === 504) return { error: this.batch.describe(outcome.problem) };
        this.pause(outcome.problem.retryAfter ?? MIN_RETRY_SECONDS * attempt);
      }
    } catch (error) {
      if (this.signal.aborted) return null;
      return { error: messageOf(error) };
    }
  }

  /** All workers wait: the server limits the reader, and not one call. */
  private pause(seconds: number): void {
    this.resumeAt = Math.max(this.resumeAt, Date.now() + seconds * 1000);
    this.batch.onPause(seconds);
  }

  private async waitUntilResumed(): Promise<void> {
    while (Date.now() < this.resumeAt) {
      await sleep(this.resumeAt - Date.now(), this.signal);
      this.signal.throwIfAborted();
    }
  }
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end);
  });
}

/** Inputs that a column can give: neither files nor tables fit a cell. */
export const fitsCell = (spec: InputSpec): boolean => !["img", "audio", "video", "file", "dataframe"].includes(spec.type);

/** A cell as the value of an input; undefined for an empty one. Throws an Error that says what is wrong. */
export function readCell(text: string, spec: InputSpec): Value | undefined {
  const trimmed = text.trim();
  if (trimmed === "" && spec.type !== "str") return undefined;
  if (spec.type.startsWith("[")) return readList(spec.type === "[str]" ? text.replaceAll(/[,，;]/g, "\n") : text, spec);
  if (spec.choices) {
    const choice = spec.choices.find((one) => String(one) === trimmed);
    if (choice === undefined) throw new Error(t("{text} is none of the choices.", { text: trimmed.slice(0, 60) }));
    return choice as Value;
  }
  if (spec.type === "bool") return readTruth(trimmed);
  return spec.type === "int" || spec.type === "float" ? readNumber(trimmed, spec) : text;
}

function readTruth(text: string): boolean {
  if (/^(true|yes|on|1|是)$/i.test(text)) return true;
  if (/^(false|no|off|0|否)$/i.test(text)) return false;
  throw new Error(t("This must be true or false."));
}
