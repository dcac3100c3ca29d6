/** The calls to our server extension. No other file knows its routes. */
import { URLExt } from "@jupyterlab/coreutils";
import { ServerConnection } from "@jupyterlab/services";
import { PlatformError, messageOf, platformError } from "@openmo/shared/problems";
import type { AppFiles, JobDraftView, JobOptions } from "@openmo/shared/rest-api";

import type { CellName, Preparation, Release, ReleaseCandidates, ReleaseRequest, SpecData, WrittenSpec } from "./app";
import type { CreateJobRequest } from "./jobForm";
import type { Job } from "./jobs";
import type { JobsResponse } from "./jobsModel";
import type { ExportedFile, IPlatform } from "./tokens";

const NAMESPACE = "openmo";

/** Calls one route of our server extension and returns the decoded answer; rejects with a `PlatformError`. */
export async function requestAPI<T>(
  settings: ServerConnection.ISettings,
  route: string,
  init: RequestInit = {},
): Promise<T> {
  const url = URLExt.join(settings.baseUrl, NAMESPACE, route);
  let response: Response;
  let body: string;
  try {
    response = await ServerConnection.makeRequest(url, init, settings);
    body = await response.text();
  } catch (reason) {
    throw new PlatformError(0, "unreachable", messageOf(reason));
  }
  if (!response.ok) {
    throw platformError(response.status, response.statusText, body);
  }
  try {
    return JSON.parse(body) as T;
  } catch {
    throw new PlatformError(response.status, "not-json", "The notebook server gave an answer that is not JSON.");
  }
}

/** The platform through this notebook server. */
export class PlatformApi implements IPlatform {
  /** `language` is a tag such as `zh-CN`, in which the platform's sentences come; empty: the browser's own. */
  constructor(
    private readonly settings: ServerConnection.ISettings,
    private readonly language = "",
  ) {}

  exportNotebook(path: string, options: { overwrite?: boolean } = {}): Promise<ExportedFile> {
    return this.post("export", { path, overwrite: options.overwrite ?? false });
  }

  createJob(request: CreateJobRequest): Promise<Job> {
    return this.post("jobs", request);
  }

  jobs(numbers: readonly number[]): Promise<JobsResponse> {
    const query = URLExt.objectToQueryString({ numbers: numbers.join(",") });
    const headers = this.language === "" ? {} : { "Accept-Language": this.language };
    return requestAPI(this.settings, `jobs${query}`, { headers });
  }

  jobOptions(): Promise<JobOptions> {
    return requestAPI(this.settings, "jobs/options");
  }

  jobDraft(number: number): Promise<JobDraftView> {
    return requestAPI(this.settings, `jobs/${String(number)}/draft`);
  }

  terminateJob(number: number): Promise<Job> {
    return this.post(`jobs/${String(number)}/terminate`, {});
  }

  restartJob(number: number): Promise<Job> {
    return this.post(`jobs/${String(number)}/restart`, {});
  }

  async deleteJobs(numbers: readonly number[]): Promise<void> {
    await this.post("jobs/delete", { numbers });
  }

  prepareApp(path: string, cells: readonly CellName[] | null): Promise<Preparation> {
    return this.post("app/prepare", { path, cells });
  }

  writeOutSpec(spec: SpecData): Promise<WrittenSpec> {
    return this.post("app/spec", { spec });
  }

  appFiles(): Promise<AppFiles> {
    return requestAPI(this.settings, "app/files");
  }

  async writeAppFiles(handler: string, appSpec: string): Promise<void> {
    const body = JSON.stringify({ handler, app_spec: appSpec });
    await requestAPI(this.settings, "app/files", { method: "PUT", body });
  }

  releaseCandidates(): Promise<ReleaseCandidates> {
    return requestAPI(this.settings, "app/candidates");
  }

  deploy(request: ReleaseRequest): Promise<Release> {
    return this.post("releases", request);
  }

  async projectUrl(): Promise<string> {
    return (await requestAPI<{ url: string }>(this.settings, "project")).url;
  }

  private post<T>(route: string, body: unknown): Promise<T> {
    return requestAPI<T>(this.settings, route, { method: "POST", body: JSON.stringify(body) });
  }
}
