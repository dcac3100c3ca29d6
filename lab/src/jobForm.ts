/** What the *Create Job* dialog holds as the user typed it, and the request that it means; knows nothing of widgets. */
import type { Device, JobDraftView } from "@openmo/shared/rest-api";

import { joinArguments, splitArguments } from "./arguments";

/** Where the script runs: in a console beside the editor, or as a job. */
export type Target = "console" | Device;

/** One environment variable or secret, as typed. */
export interface Variable {
  readonly name: string;
  readonly value: string;
}

export interface JobFormValues {
  readonly script: string;
  readonly target: Target;
  readonly name: string;
  /** One line, as on a command line. */
  readonly args: string;
  readonly cpus: string;
  readonly gpus: string;
  readonly memoryLimit: string;
  readonly timeLimit: string;
  readonly env: readonly Variable[];
  readonly secrets: readonly Variable[];
  /** Number of the job whose code is run; null: the code as it is now. */
  readonly codeOf: number | null;
  /** Number of the job whose secrets are taken over. */
  readonly secretsOf: number | null;
}

/** A job to be submitted, as the server half takes it. */
export interface CreateJobRequest {
  /** The script, relative to the server's root. */
  readonly script: string;
  /** Empty: the platform names the job after its script. */
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly device: Device;
  readonly cpus: number;
  readonly gpus: number;
  readonly memory_limit: string;
  readonly time_limit: string;
  readonly code_of: number | null;
  readonly secrets_of: number | null;
}

/** Something typed that has no reading; `reason` says which rule it breaks. */
export class FormError extends Error {
  constructor(readonly reason: "no-script" | "not-a-number" | "variable-name" | "variable-twice", readonly subject: string) {
    super(reason);
    this.name = "FormError";
  }
}

/** An empty form for that script. */
export function emptyForm(script: string): JobFormValues {
  return {
    script, target: "cpu", name: "", args: "", cpus: "", gpus: "", memoryLimit: "", timeLimit: "",
    env: [], secrets: [], codeOf: null, secretsOf: null,
  };
}

/** The form of a job that repeats an earlier one, code and secrets included. */
export function formLike(draft: JobDraftView): JobFormValues {
  return {
    script: draft.script,
    target: draft.device,
    name: draft.name,
    args: joinArguments(draft.args),
    cpus: draft.cpus > 1 ? String(draft.cpus) : "",
    gpus: draft.gpus > 1 ? String(draft.gpus) : "",
    memoryLimit: draft.memory_limit,
    timeLimit: draft.time_limit,
    env: Object.entries(draft.env).map(([name, value]) => ({ name, value })),
    secrets: [],
    codeOf: draft.number,
    secretsOf: draft.secrets.length > 0 ? draft.number : null,
  };
}

/** The request; throws `FormError` or `ArgumentsError` for what has no reading. What only the platform can judge passes. */
export function requestOf(values: JobFormValues): CreateJobRequest {
  if (values.script === "") {
    throw new FormError("no-script", "");
  }
  const gpu = values.target === "gpu";
  return {
    script: values.script,
    name: values.name.trim(),
    args: splitArguments(values.args),
    env: variablesOf(values.env),
    secrets: variablesOf(values.secrets),
    device: gpu ? "gpu" : "cpu",
    cpus: wholeNumber(values.cpus) ?? 1,
    gpus: gpu ? (wholeNumber(values.gpus) ?? 1) : 0,
    memory_limit: values.memoryLimit.trim(),
    time_limit: values.timeLimit.trim(),
    code_of: values.codeOf,
    secrets_of: values.secretsOf,
  };
}

function wholeNumber(text: string): number | null {
  const typed = text.trim();
  if (typed === "") {
    return null;
  }
  if (!/^[0-9]{1,6}$/.test(typed)) {
    throw new FormError("not-a-number", typed);
  }
  return Number(typed);
}

function variablesOf(typed: readonly Variable[]): Record<string, string> {
  const found = new Map<string, string>();
  for (const { name, value } of typed.map((each) => ({ ...each, name: each.name.trim() }))) {
    if (name === "" && value === "") {
      continue; // a row that was added and left empty
    }
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw new FormError("variable-name", name);
    }
    if (found.has(name)) {
      throw new FormError("variable-twice", name);
    }
    found.set(name, value);
  }
  return Object.fromEntries(found);
}
