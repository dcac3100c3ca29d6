/** The calls to our server extension. No other file knows its routes. */
import { URLExt } from "@jupyterlab/coreutils";
import { ServerConnection } from "@jupyterlab/services";
import type { TranslationBundle } from "@jupyterlab/translation";
import { PlatformError, messageOf, platformError } from "@openmo/shared/problems";
import type {
  AppFiles, CheckReportView, JobDraftView, JobInputsView, JobOptions, ModuleCodeView, ModuleDetails, ModuleFilesDraft, ModuleFilesView,
  ModuleImportView, ModuleKind, ModuleUpdateView, ModuleUserList, ModuleVersionView, SkeletonView, UseList, VersionDraft,
} from "@openmo/shared/rest-api";

import type { CellName, Preparation, Release, ReleaseCandidates, ReleaseRequest, SpecData, WrittenSpec } from "./app";
import type { CreateJobRequest } from "./jobForm";
import type { Job } from "./jobs";
import type { JobsResponse } from "./jobsModel";
import { type CodeRequest, type ModuleCall, type ModulePage, type ModuleQuery, type ModuleReference, identifierOf } from "./modules/values";
import { spoken } from "./problemWording";
import type { ModulePlan, ModulePreparation, ModuleSpec, ModuleTrial, PublishedVersion, WrittenModuleSpec } from "./publishing/values";
import type { ExportedFile, IPlatform, ProjectReference } from "./tokens";

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
    private readonly trans: TranslationBundle,
    private readonly language = "",
  ) {}

  exportNotebook(path: string, options: { overwrite?: boolean } = {}): Promise<ExportedFile> {
    return this.post("export", { path, overwrite: options.overwrite ?? false });
  }

  createJob(request: CreateJobRequest): Promise<Job> {
    return this.post("jobs", request);
  }

  jobs(numbers: readonly number[]): Promise<JobsResponse> {
    return this.call(`jobs${URLExt.objectToQueryString({ numbers: numbers.join(",") })}`);
  }

  jobOptions(): Promise<JobOptions> {
    return this.call("jobs/options");
  }

  jobDraft(number: number): Promise<JobDraftView> {
    return this.call(`jobs/${String(number)}/draft`);
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
    return this.call("app/files");
  }

  async writeAppFiles(handler: string, appSpec: string): Promise<void> {
    await this.call("app/files", { method: "PUT", body: JSON.stringify({ handler, app_spec: appSpec }) });
  }

  releaseCandidates(): Promise<ReleaseCandidates> {
    return this.call("app/candidates");
  }

  deploy(request: ReleaseRequest): Promise<Release> {
    return this.post("releases", request);
  }

  modules(query: ModuleQuery, after: string): Promise<ModulePage> {
    return this.call(`modules${URLExt.objectToQueryString({ ...query, after })}`);
  }

  module(module: ModuleReference): Promise<ModuleDetails> {
    return this.call(moduleRoute(module));
  }

  moduleVersion(module: ModuleReference): Promise<ModuleVersionView> {
    return this.call(versionRoute(module));
  }

  moduleCode(module: ModuleReference, request: CodeRequest): Promise<ModuleCodeView> {
    return this.post(`${versionRoute(module)}/code`, request);
  }

  async setFavourite(module: ModuleReference, favourite: boolean): Promise<void> {
    await this.call(`${moduleRoute(module)}/favourite`, { method: favourite ? "PUT" : "DELETE" });
  }

  async importModule(identifier: string): Promise<void> {
    await this.post("imported-modules", { module: identifier });
  }

  async moduleImports(): Promise<readonly ModuleImportView[]> {
    return (await this.call<{ readonly items: readonly ModuleImportView[] }>("imported-modules")).items;
  }

  async removeImport(identifier: string): Promise<void> {
    await this.call(importRoute(identifier), { method: "DELETE" });
  }

  moduleUpdate(identifier: string, version: string): Promise<ModuleUpdateView> {
    return this.call(`${importRoute(identifier)}/update${URLExt.objectToQueryString({ to: version })}`);
  }

  updateModule(preview: ModuleUpdateView): Promise<ModuleUpdateView> {
    const version = preview.after.split("/").at(-1) ?? "";
    return this.post(`${importRoute(preview.before)}/update`, { version, digest: preview.digest });
  }

  moduleJob(call: ModuleCall): Promise<Job> {
    const { module, method, values, ownEnvironment } = call;
    return this.post("module-jobs", { module: identifierOf(module), method, values, own_environment: ownEnvironment });
  }

  moduleUsers(module: ModuleReference): Promise<ModuleUserList> {
    return this.call(`${moduleRoute(module)}/projects`);
  }

  moduleJobs(module: ModuleReference, after: string): Promise<UseList> {
    return this.call(`${moduleRoute(module)}/jobs${URLExt.objectToQueryString({ after })}`);
  }

  jobInputs(number: number): Promise<JobInputsView> {
    return this.call(`jobs/${String(number)}/inputs`);
  }

  modulePlan(): Promise<ModulePlan> {
    return this.call("module");
  }

  beginModule(kind: ModuleKind): Promise<SkeletonView> {
    return this.post("module/skeleton", { kind });
  }

  prepareModule(path: string, cells: readonly CellName[] | null): Promise<ModulePreparation> {
    return this.post("module/prepare", { path, cells });
  }

  writeOutModuleSpec(spec: ModuleSpec): Promise<WrittenModuleSpec> {
    return this.post("module/spec", { spec });
  }

  moduleFiles(): Promise<ModuleFilesView> {
    return this.call("module/files");
  }

  writeModuleFiles(files: ModuleFilesDraft): Promise<ModuleFilesView> {
    return this.call("module/files", { method: "PUT", body: JSON.stringify(files) });
  }

  checkModule(files: readonly string[]): Promise<CheckReportView> {
    return this.post("module/check", { files });
  }

  tryModule(method: string, values: Readonly<Record<string, string>>, files: readonly string[]): Promise<ModuleTrial> {
    return this.post("module/try", { method, values, files });
  }

  publishModule(draft: Partial<VersionDraft>): Promise<PublishedVersion> {
    return this.post("module/versions", draft);
  }

  project(): Promise<ProjectReference> {
    return this.call("project");
  }

  private post<T>(route: string, body: unknown): Promise<T> {
    return this.call(route, { method: "POST", body: JSON.stringify(body) });
  }

  private async call<T>(route: string, init: RequestInit = {}): Promise<T> {
    const headers = this.language === "" ? {} : { "Accept-Language": this.language };
    try {
      return await requestAPI<T>(this.settings, route, { ...init, headers });
    } catch (reason) {
      throw spoken(reason, this.trans);
    }
  }
}

function importRoute(identifier: string): string {
  return `imported-modules/${identifier.split("/").map(encodeURIComponent).join("/")}`;
}

function moduleRoute(module: ModuleReference): string {
  return `modules/${encodeURIComponent(module.owner)}/${encodeURIComponent(module.name)}`;
}

function versionRoute(module: ModuleReference): string {
  return `${moduleRoute(module)}/versions/${encodeURIComponent(module.version)}`;
}
