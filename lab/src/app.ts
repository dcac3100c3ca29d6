/** What the platform says about turning a notebook into an app. */
import type { CandidateList, CellView, Channel, PreparationView, ReleaseView, SpecView } from "@openmo/shared/rest-api";

/** What a cell is called when it is chosen: by its id, or where it has none by its place. */
export type CellName = string | number;

export function cellName(cell: CellView): CellName {
  return cell.id || cell.index;
}

/** One input or output, as in app_spec.yml; keys that we don't know are kept. */
export interface ParameterData {
  /** What forms show and calls send, where that is not the key under which the file lists it. */
  readonly name?: string;
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

export type Preparation = Omit<PreparationView, "spec"> & { readonly spec: SpecData };

export type WrittenSpec = Omit<SpecView, "spec"> & { readonly spec: SpecData };

/** The files that a release could hold, and what the server half says of the release. */
export interface ReleaseCandidates extends CandidateList {
  /** What the next release would be called. */
  readonly version: string;
  readonly warnings: readonly string[];
}

export interface ReleaseRequest {
  /** Empty: the platform proposes one. */
  readonly version: string;
  readonly channel: Channel;
  readonly notes: string;
  readonly files: readonly string[];
}

export interface Release extends Pick<ReleaseView, "version" | "channel"> {
  /** The app's page, for the browser. */
  readonly page: string;
  /** What its owner sees of its calls: failures with their tracebacks, and the way to its log. */
  readonly calls: string;
}
