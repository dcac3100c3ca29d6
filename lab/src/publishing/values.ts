/** What the platform says about making a module of the project. */
import type {
  Category,
  CheckReportView,
  ModuleCallView,
  ModuleFilesDraft,
  ModuleFilesView,
  ModuleKind,
  ModulePlanView,
  ModulePreparationView,
  ModuleSpecView,
  SkeletonView,
  VersionDraft,
  Visibility,
} from "@openmo/shared/rest-api";

import type { CellName, Parameters } from "../app";

/** Parameters by method. */
export type MethodParameters = Readonly<Record<string, Parameters>>;

export interface ModuleSpec {
  readonly input: MethodParameters;
  readonly output: MethodParameters;
  readonly [other: string]: unknown;
}

export type ModulePreparation = Omit<ModulePreparationView, "spec"> & { readonly spec: ModuleSpec };

export type WrittenModuleSpec = Omit<ModuleSpecView, "spec"> & { readonly spec: ModuleSpec };

export interface ModulePlan extends Omit<ModulePlanView, "spec"> {
  readonly spec: { readonly input?: MethodParameters; readonly output?: MethodParameters };
  /** The module's page, for the browser. */
  readonly page: string;
}

/** A version that was published. */
export interface PublishedVersion {
  /** `owner/name/version`. */
  readonly identifier: string;
  readonly version: string;
  readonly page: string;
}

/** What people read of the version, and of the module with it. */
export interface VersionChoice {
  readonly dev: boolean;
  /** Null: as proposed. */
  readonly version: string | null;
  readonly notes: string;
  readonly title: string;
  readonly description: string;
  readonly category: Category;
  readonly tags: string;
  readonly visibility: Visibility;
}

/** The platform, as far as it makes a module of the project. Every call rejects with a `PlatformError`. */
export interface IModuleMaking {
  /** What publishing would make of the project; nothing is run. */
  modulePlan(): Promise<ModulePlan>;
  /** A small module that works, in a project without main.py. */
  beginModule(kind: ModuleKind): Promise<SkeletonView>;
  /** What the cells of a saved notebook (null: those that are needed) would make; nothing is written. */
  prepareModule(path: string, cells: readonly CellName[] | null): Promise<ModulePreparation>;
  /** An edited spec, checked, and the text of its file. */
  writeOutModuleSpec(spec: ModuleSpec): Promise<WrittenModuleSpec>;
  /** main.py and module_spec.yml as they are. */
  moduleFiles(): Promise<ModuleFilesView>;
  /** Writes main.py and module_spec.yml (null: there shall be none); resolves to what was there. */
  writeModuleFiles(files: ModuleFilesDraft): Promise<ModuleFilesView>;
  /** Tries the module in the sandbox; nothing is published. */
  checkModule(files: readonly string[]): Promise<CheckReportView>;
  /** Calls a method of the module, as its files are now, in the sandbox; values are as typed. */
  tryModule(method: string, values: Readonly<Record<string, string>>, files: readonly string[]): Promise<ModuleTrial>;
  /** Publishes a version; takes as long as the check. */
  publishModule(draft: Partial<VersionDraft>): Promise<PublishedVersion>;
}

/** What a method returned when it was tried. */
export type ModuleTrial = ModuleCallView;
