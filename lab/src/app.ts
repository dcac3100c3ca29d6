/** What the platform says about turning a notebook into an app. */

export type CellReason = "handler" | "client" | "defines" | "changes" | "star";

/** One code cell, and whether the handler needs it. */
export interface AppCell {
  /** Among all cells of the notebook, from 0. */
  readonly index: number;
  /** Stays with the cell when others come and go; empty in old notebooks. */
  readonly id: string;
  readonly ticked: boolean;
  /** Why it is proposed; null: it is not. */
  readonly reason: CellReason | null;
  readonly needed_for: readonly string[];
  readonly source_head: string;
  /** Why it is no Python; empty when it is. */
  readonly problem: string;
}

/** What a cell is called when it is chosen: by its id, or where it has none by its place. */
export type CellName = string | number;

export function cellName(cell: AppCell): CellName {
  return cell.id || cell.index;
}

export type Severity = "error" | "warning";

export interface Mistake {
  readonly line: number | null;
  readonly message: string;
  readonly severity: Severity;
  /** What programs that speak other languages go by. */
  readonly kind: string;
  /** The name, call or file that it is about. */
  readonly subject: string;
}

/** One input or output, as in app_spec.yml; keys that we don't know are kept. */
export interface ParameterData {
  readonly value_type: string;
  readonly description: string;
  readonly default_value?: unknown;
  readonly value_range?: string | readonly unknown[];
  readonly optional?: boolean;
  readonly [other: string]: unknown;
}

export type Section = "input" | "output";
export type Parameters = Readonly<Record<string, ParameterData>>;

export interface SpecData {
  readonly input: Parameters;
  readonly output: Parameters;
  readonly [other: string]: unknown;
}

export interface Preparation {
  readonly cells: readonly AppCell[];
  /** The source of handler.py. */
  readonly handler: string;
  readonly problems: readonly Mistake[];
  readonly spec: SpecData;
  readonly spec_yaml: string;
  /** Inputs and outputs whose type was guessed: `input.name`, `output.name`. */
  readonly check: readonly string[];
}

export interface WrittenSpec {
  readonly spec: SpecData;
  readonly spec_yaml: string;
}

/** The two files that make a project an app; null where there is none. */
export interface AppFiles {
  readonly handler: string | null;
  readonly app_spec: string | null;
}

export interface Candidate {
  readonly path: string;
  readonly bytes: number;
  readonly ticked: boolean;
  readonly reason: "app" | "imported" | "named" | null;
  /** The source that imports or names it. */
  readonly needed_by: string;
}

export interface ReleaseCandidates {
  readonly items: readonly Candidate[];
  readonly truncated: boolean;
  /** What the next release would be called. */
  readonly version: string;
  readonly warnings: readonly string[];
}

/** `dev`: for its owner alone. `release`: for everybody who may see the project. */
export type Channel = "dev" | "release";

export interface ReleaseRequest {
  /** Empty: the platform proposes one. */
  readonly version: string;
  readonly channel: Channel;
  readonly notes: string;
  readonly files: readonly string[];
}

export interface Release {
  readonly version: string;
  readonly channel: Channel;
  /** The app's page, for the browser. */
  readonly page: string;
  /** What its owner sees of its calls: failures with their tracebacks, and the way to its log. */
  readonly calls: string;
}

/** A size as people read it. */
export function sizeText(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const shown = unit === 0 || value >= 100 ? String(Math.round(value)) : value.toFixed(1);
  return `${shown} ${units[unit] ?? ""}`;
}
