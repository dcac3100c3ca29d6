/** The services that this extension's plugins offer to each other, and may be asked for by other extensions. */
import { Token } from "@lumino/coreutils";

import type { CreateJobRequest, ExportedFile } from "./api";
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
