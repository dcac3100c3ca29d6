/** The services that this extension's plugins provide to each other and to other extensions. */
import { Token } from "@lumino/coreutils";
import type { ISignal } from "@lumino/signaling";
import type {
  AppFiles, JobDraftView, JobInputsView, JobOptions, ModuleCodeView, ModuleDetails, ModuleImportView, ModuleUpdateView, ModuleUserList,
  ModuleVersionView, UseList,
} from "@openmo/shared/rest-api";

import type { CellName, Preparation, Release, ReleaseCandidates, ReleaseRequest, SpecData, WrittenSpec } from "./app";
import type { CreateJobRequest } from "./jobForm";
import type { Job } from "./jobs";
import type { IJobs as Jobs, JobsResponse } from "./jobsModel";
import type { CodeRequest, ModuleCall, ModulePage, ModuleQuery, ModuleReference } from "./modules/values";
import type { IModuleMaking } from "./publishing/values";

/** The name under which the server half finds our texts in Chinese. */
export const TRANSLATION_DOMAIN = "openmo_lab";

/** The exported script, relative to the server's root. */
export interface ExportedFile {
  readonly path: string;
}

/** The project that this notebook server works on. */
export interface ProjectReference {
  /** `owner/name`. */
  readonly project: string;
  /** The address of its page, for the browser. */
  readonly url: string;
}

/** The platform, reached through this notebook server. Every call rejects with a `PlatformError`. */
export interface IPlatform extends IModuleMaking {
  /** Writes `<name>.py` beside a saved notebook. Without `overwrite` a file of the user's own is left alone. */
  exportNotebook(path: string, options?: { overwrite?: boolean }): Promise<ExportedFile>;
  /** Creates a job from a saved script or notebook of this project. */
  createJob(request: CreateJobRequest): Promise<Job>;
  /** The project's newest jobs, all that have not ended, and those of `numbers`. */
  jobs(numbers: readonly number[]): Promise<JobsResponse>;
  /** The scripts that a new job can run, and the resources that it can request. */
  jobOptions(): Promise<JobOptions>;
  /** An earlier job as it was submitted. */
  jobDraft(number: number): Promise<JobDraftView>;
  /** Asks the job to stop. */
  terminateJob(number: number): Promise<Job>;
  /** Runs the same code with the same arguments again; resolves to the new job. */
  restartJob(number: number): Promise<Job>;
  /** Ended jobs are gone with their logs and charts: all of them, or none. */
  deleteJobs(numbers: readonly number[]): Promise<void>;
  /** What the cells of a saved notebook (null: those that its handler needs) would make; nothing is written. */
  prepareApp(path: string, cells: readonly CellName[] | null): Promise<Preparation>;
  /** An edited spec, checked, and the text of its file. */
  writeOutSpec(spec: SpecData): Promise<WrittenSpec>;
  /** handler.py and app_spec.yml as they are. */
  appFiles(): Promise<AppFiles>;
  /** Writes handler.py and app_spec.yml into the project. */
  writeAppFiles(handler: string, appSpec: string): Promise<void>;
  /** The files that a release could hold. */
  releaseCandidates(): Promise<ReleaseCandidates>;
  /** Makes a release; takes as long as the app needs to answer its first call. */
  deploy(request: ReleaseRequest): Promise<Release>;
  /** A page of modules: the first, or the one after the cursor `after`. */
  modules(query: ModuleQuery, after: string): Promise<ModulePage>;
  /** A module and its versions. */
  module(module: ModuleReference): Promise<ModuleDetails>;
  /** One version: its README, what its methods take and give, what it needs. */
  moduleVersion(module: ModuleReference): Promise<ModuleVersionView>;
  /** The code that calls a method of that version. */
  moduleCode(module: ModuleReference, request: CodeRequest): Promise<ModuleCodeView>;
  /** Makes it one of the user's favourites, or none any more. */
  setFavourite(module: ModuleReference, favourite: boolean): Promise<void>;
  /** The version `owner/name/version` appears in the project's folder `modules`. */
  importModule(identifier: string): Promise<void>;
  /** The versions that the project imports. */
  moduleImports(): Promise<readonly ModuleImportView[]>;
  /** The version `owner/name/version` is imported no longer. */
  removeImport(identifier: string): Promise<void>;
  /** Which calls would name another version (empty: the newest) than the imported `owner/name/version`. */
  moduleUpdate(identifier: string, version: string): Promise<ModuleUpdateView>;
  /** Makes the changes of such a preview; rejects where the files have changed since. */
  updateModule(preview: ModuleUpdateView): Promise<ModuleUpdateView>;
  /** A job that calls a method of a module: the version is imported, and a script with the call written. */
  moduleJob(call: ModuleCall): Promise<Job>;
  /** Public projects that import the module. */
  moduleUsers(module: ModuleReference): Promise<ModuleUserList>;
  /** The project's jobs that were made with the module: the newest, or those after the cursor `after`. */
  moduleJobs(module: ModuleReference, after: string): Promise<UseList>;
  /** What a job was made with. */
  jobInputs(number: number): Promise<JobInputsView>;
  /** Which project this is. */
  project(): Promise<ProjectReference>;
}

export const IPlatform = new Token<IPlatform>("@openmo/lab:IPlatform", "The OpenMo platform behind this notebook server.");

/** The project's jobs, kept fresh by one plugin for all. */
export type IJobs = Jobs;

export const IJobs = new Token<IJobs>("@openmo/lab:IJobs", "The jobs of this project.");

/** A part of a job's page that is shown beside the code. */
export type JobPart = "log" | "charts";

/** Shows logs and charts of jobs in the main area. */
export interface IJobTabs {
  /** Opens the part, or brings it to the front where it is open; the first one beside the code, or as a tab after `after`. */
  open(job: Pick<Job, "number" | "name" | "url">, part: JobPart, options?: { readonly after?: string }): void;
  /** Closes what is open of the jobs. */
  close(numbers: readonly number[]): void;
}

export const IJobTabs = new Token<IJobTabs>("@openmo/lab:IJobTabs", "Logs and charts of jobs beside the code.");

/** Asks for a new job. */
export interface IJobCreator {
  /** Opens the dialog; `like` is the number of a job to repeat with changes. */
  create(options?: { readonly script?: string; readonly like?: number }): Promise<void>;
}

export const IJobCreator = new Token<IJobCreator>("@openmo/lab:IJobCreator", "The dialog that makes jobs.");

/** Browser notifications about ended jobs, for when JupyterLab is not in front. */
export interface IJobNotices {
  /** `off` and `on` as the user chose; `denied`: the user blocked them in the browser; `missing`: the browser has none here. */
  readonly browserNotices: "on" | "off" | "denied" | "missing";
  readonly changed: ISignal<IJobNotices, void>;
  /** Switches them; requests permission, so call it from a click. */
  toggle(): Promise<void>;
}

export const IJobNotices = new Token<IJobNotices>("@openmo/lab:IJobNotices", "Notices about jobs that end.");
