/** The services that this extension's plugins offer to each other, and may be asked for by other extensions. */
import { Token } from "@lumino/coreutils";

import type { CreateJobRequest, ExportedFile } from "./api";
import type { AppFiles, Preparation, Release, ReleaseCandidates, ReleaseRequest, SpecData, WrittenSpec } from "./app";
import type { Job } from "./jobs";

/** The name under which the server half finds our texts in Chinese. */
export const TRANSLATION_DOMAIN = "openmo_lab";

/** The platform, reached through this notebook server. Every call rejects with a `PlatformError`. */
export interface IPlatform {
  /** Writes `<name>.py` beside a saved notebook. Without `overwrite` a file of the user's own is left alone. */
  exportNotebook(path: string, options?: { overwrite?: boolean }): Promise<ExportedFile>;
  /** Creates a job from a saved script of this project. */
  createJob(request: CreateJobRequest): Promise<Job>;
  /** The project's jobs that have not ended, and those named in `ids` whatever their state. */
  jobs(ids: readonly string[]): Promise<Job[]>;
  /** What the cells of a saved notebook (null: those that its handler needs) would make; nothing is written. */
  prepareApp(path: string, cells: readonly number[] | null): Promise<Preparation>;
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
  /** The address of this project's page, for the browser. */
  projectUrl(): Promise<string>;
}

export const IPlatform = new Token<IPlatform>("@openmo/lab:IPlatform", "The OpenMo platform behind this notebook server.");

/** Tells the user when a job ends, wherever in JupyterLab they are. */
export interface IJobNotices {
  /** Watches a job that was just created, without waiting for the next look at the project's jobs. */
  watch(job: Job): void;
}

export const IJobNotices = new Token<IJobNotices>("@openmo/lab:IJobNotices", "Notices about jobs that end.");
