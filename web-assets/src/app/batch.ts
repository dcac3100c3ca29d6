import { messageOf } from "@openmo/shared/problems";
import { t } from "../ui/texts";
import type { Outcome } from "./call";
import { readList, readNumber } from "./checks";
import { canRetry } from "./problems";
import type { Answer, InputSpec, Problem, Value, Values } from "./types";

const AT_ONCE = 4;
const MOST_TRIES = 8;
const SHORTEST_PAUSE_SECONDS = 1;

/** What one row came to; null until it is known. */
export type RowResult = { answer: Answer } | { error: string } | null;

export interface Batch {
  rows: readonly string[][];
  /** The inputs of a row; throws an Error that says what is wrong with it. */
  values: (row: string[]) => Values;
  call: (values: Values, signal: AbortSignal) => Promise<Outcome>;
  say: (problem: Problem) => string;
  done: (at: number, result: NonNullable<RowResult>) => void;
  /** The server wants a pause of so many seconds. */
  paused: (seconds: number) => void;
}

/** Calls the app for each row, a few at a time, and waits when the server asks for it. Resolves early when stopped. */
export async function runBatch(batch: Batch, signal: AbortSignal): Promise<void> {
  const pool = new Pool(batch, signal);
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, batch.rows.length) }, () => pool.work()));
}

class Pool {
  private next = 0;
  private freeAt = 0;

  constructor(
    private readonly batch: Batch,
    private readonly signal: AbortSignal,
  ) {}

  async work(): Promise<void> {
    while (!this.signal.aborted && this.next < this.batch.rows.length) {
      const at = this.next++;
      const result = await this.one(this.batch.rows[at] ?? []);
      if (result) this.batch.done(at, result);
    }
  }

  private async one(row: string[]): Promise<RowResult> {
    try {
      const values = this.batch.values(row);
      for (let tries = 1; ; tries++) {
        await this.turn();
        const outcome = await this.batch.call(values, this.signal);
        if (outcome.ok) return { answer: outcome.answer };
        if (tries === MOST_TRIES || !canRetry(outcome.problem) || outcome.problem.status === 504) return { error: this.batch.say(outcome.problem) };
        this.pause(outcome.problem.retryAfter ?? SHORTEST_PAUSE_SECONDS * tries);
      }
    } catch (error) {
      if (this.signal.aborted) return null;
      return { error: messageOf(error) };
    }
  }

  /** All workers wait: what one was told concerns the others too. */
  private pause(seconds: number): void {
    this.freeAt = Math.max(this.freeAt, Date.now() + seconds * 1000);
    this.batch.paused(seconds);
  }

  private async turn(): Promise<void> {
    while (Date.now() < this.freeAt) {
      await sleep(this.freeAt - Date.now(), this.signal);
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
