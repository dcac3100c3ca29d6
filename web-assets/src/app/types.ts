export interface InputSpec {
  name: string;
  type: string;
  id: string;
}

export interface OutputSpec {
  name: string;
  type: string;
  description: string;
}

export interface AppData {
  run: string;
  /** Where a token for the call comes from; empty when anybody may call. */
  token: string;
  inputs: InputSpec[];
  outputs: OutputSpec[];
  examples: Record<string, unknown>[];
}

/** What the gateway answers. */
export interface Answer {
  output: Record<string, unknown>;
  duration_ms: number;
  release: string;
}

/** RFC 9457, with one entry for each wrong input. */
export interface Problem {
  title?: string;
  detail?: string;
  status?: number;
  errors?: { name: string; message: string }[];
  traceback?: string;
}

export type Value = string | number | boolean | unknown[] | File;
