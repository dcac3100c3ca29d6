import type { ProblemDocument } from "@openmo/shared/rest-api";

export interface InputSpec {
  name: string;
  type: string;
  id: string;
  required: boolean;
  /** The range of numbers; null leaves a side open. */
  low: number | null;
  high: number | null;
  /** Whether the end point itself is outside. */
  lowExcluded: boolean;
  highExcluded: boolean;
  /** The values to pick from, as the handler gets them; null where anything may be given. */
  choices: unknown[] | null;
}

export interface OutputSpec {
  name: string;
  type: string;
  description: string;
}

/** A file that the app's owner offers to try the app with. */
export interface Sample {
  address: string;
  name: string;
}

export interface Example {
  name: string;
  values: Record<string, unknown>;
  files: Record<string, Sample>;
}

export interface AppData {
  run: string;
  /** Where a token for the call comes from; empty when anybody may call. */
  token: string;
  /** Of a module: what is called; the page of an app calls its `handle`. */
  method?: string;
  /** Whether code outside the page needs a token. */
  secured: boolean;
  /** Whether its handler is a generator. */
  streams: boolean;
  inputs: InputSpec[];
  outputs: OutputSpec[];
  /** Tables that inputs start with. */
  defaults: Record<string, unknown>;
  examples: Example[];
  /** Where the owner saves an example; empty for everybody else. */
  saving: string;
}

/** What the gateway answers. */
export interface Answer {
  output: Record<string, unknown>;
  duration_ms: number;
  release: string;
  /** Of a module: the types of its outputs, and what it printed. */
  types?: Record<string, string>;
  log?: string;
}

/** A problem document of the gateway; only `status` is sure, and 0 where nothing answered. */
export interface Problem extends Partial<Omit<ProblemDocument, "errors">> {
  /** One for each wrong input. */
  errors?: { name: string; message: string }[];
  traceback?: string;
  /** The last lines of what a module printed. */
  log?: string;
  /** Whether `title` and `detail` are meant for the reader as they are. */
  ownWords?: boolean;
  /** Seconds after which it may be tried again. */
  retryAfter?: number;
}

export type Value = string | number | boolean | unknown[] | File;
export type Values = Map<string, Value>;
