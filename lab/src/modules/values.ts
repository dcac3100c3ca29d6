/** Modules as the platform describes them. */
import type { ModuleView } from "@openmo/shared/rest-api";

/** What a list shows of a module. */
export type ModuleItem = Pick<
  ModuleView, "owner" | "name" | "title" | "description" | "version" | "kind" | "category" | "imports" | "favourite"
> & {
  /** Of an import: the newest release, where it is newer; else empty. */
  readonly newer?: string;
};

export interface ModulePage {
  readonly items: readonly ModuleItem[];
  /** Where the next page begins; empty: there is none. */
  readonly next: string;
}

export const SCOPES = ["all", "mine", "favourites", "recent", "imported"] as const;
export type Scope = (typeof SCOPES)[number];

export const CATEGORIES = ["image", "text", "audio", "video", "tabular", "other"] as const;

/** Which modules a list shows; what is empty does not matter. */
export interface ModuleQuery {
  readonly search: string;
  readonly category: string;
  readonly kind: string;
  readonly scope: Scope;
  readonly sort: "newest" | "used";
}

/** A module, or one version of it. */
export interface ModuleReference {
  readonly owner: string;
  readonly name: string;
  /** Empty: the newest that the reader may use. */
  readonly version: string;
}

/** `owner/name/version`, or `owner/name` for the newest. */
export function identifierOf({ owner, name, version }: ModuleReference): string {
  return [owner, name, version].filter((part) => part !== "").join("/");
}

/** Which method is called with which values. */
export interface ModuleCall {
  readonly module: ModuleReference;
  readonly method: string;
  /** Texts as typed, by parameter. */
  readonly values: Readonly<Record<string, string>>;
  /** Whether the module runs in the environment that belongs to it. */
  readonly ownEnvironment: boolean;
}

/** What the code is made for. */
export interface CodeRequest {
  readonly method: string;
  /** Texts as typed, by parameter. */
  readonly values: Readonly<Record<string, string>>;
  /** The sources of the notebook's code cells, in order. */
  readonly cells: readonly string[];
  readonly own_environment: boolean;
}
