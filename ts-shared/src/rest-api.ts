/** The bodies of the REST API. Made by `make docs` from its OpenAPI document. */

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description What is asked for as x: `auto` is the step or epoch where there is one, and else the time.
         * @enum {string}
         */
        readonly Across: "auto" | "step" | "epoch" | "time" | "elapsed";
        /** @description The two files that make a project an app; null where there is none. */
        readonly AppFiles: {
            readonly handler?: string | null;
            readonly app_spec?: string | null;
            /** @default false */
            readonly from_cells?: boolean;
        };
        /** @description The two files, to be written. */
        readonly AppFilesDraft: {
            readonly handler: string;
            readonly app_spec: string;
        };
        /** @description What deploying would publish. */
        readonly AppReadingView: {
            readonly spec: components["schemas"]["SpecData"];
            readonly warnings: readonly string[];
            readonly version: string;
        };
        /** @description Changes of an app's settings; what is left out stays. */
        readonly AppSettingsDraft: {
            readonly access?: string | null;
            readonly limits?: {
                readonly [key: string]: unknown;
            } | null;
            readonly origins?: readonly string[] | null;
            readonly keep_inputs?: boolean | null;
            readonly suspended?: boolean | null;
        };
        /** @description An app's settings as its owner sees them. */
        readonly AppSettingsView: {
            readonly access: string;
            readonly link: string | null;
            readonly active_version: string | null;
            readonly limits: components["schemas"]["LimitsView"];
            readonly highest_limits: components["schemas"]["LimitsView"];
            readonly origins: readonly string[];
            readonly keep_inputs: boolean;
            readonly suspended: boolean;
        };
        /** @description A token to be made. */
        readonly AppTokenDraft: {
            readonly note: string;
            /** @default 90 */
            readonly days?: number | null;
        };
        /** @description Newest first. */
        readonly AppTokenList: {
            readonly items: readonly components["schemas"]["AppTokenView"][];
        };
        /** @description A token that can call the app; its secret is shown once, when it is made. */
        readonly AppTokenView: {
            readonly id: string;
            readonly note: string;
            readonly created_at: string | null;
            readonly last_used_at: string | null;
            readonly expires_at: string | null;
        };
        /**
         * @description What a chart puts on its X axis.
         * @enum {string}
         */
        readonly Axis: "step" | "epoch" | "time";
        /** @description A line of a notebook or script that names another version. */
        readonly CallChangeView: {
            readonly file: string;
            readonly cell: number | null;
            readonly line: number;
            readonly before: string;
            readonly after: string;
        };
        /** @description An app's calls, added up. */
        readonly CallStatsView: {
            readonly total: components["schemas"]["FiguresView"];
            readonly periods: readonly components["schemas"]["PeriodView"][];
            readonly versions: readonly components["schemas"]["VersionFiguresView"][];
        };
        /** @description A token that a page's calls of an app bear for ten minutes. */
        readonly CallToken: {
            readonly token: string;
        };
        /** @description Needed files first. */
        readonly CandidateList: {
            readonly items: readonly components["schemas"]["CandidateView"][];
            readonly truncated: boolean;
        };
        /** @description One file that a release could hold. */
        readonly CandidateView: {
            readonly path: string;
            readonly bytes: number;
            readonly ticked: boolean;
            readonly reason: components["schemas"]["FileReason"] | null;
            readonly needed_by: string;
        };
        /**
         * @description What a dataset holds, or a module works on.
         * @enum {string}
         */
        readonly Category: "image" | "text" | "audio" | "video" | "tabular" | "other";
        /** @description One code cell of a notebook, and whether what is made of the notebook needs it. */
        readonly CellView: {
            readonly index: number;
            readonly id: string;
            readonly ticked: boolean;
            readonly reason: components["schemas"]["Reason"] | null;
            readonly needed_for: readonly string[];
            readonly why: string;
            readonly source_head: string;
            readonly problem: string;
        };
        /** @description What callers of the last release will notice. */
        readonly ChangeView: {
            readonly code: string;
            readonly message: string;
            readonly bump: string;
        };
        /** @description How a release differs from the one before it. */
        readonly ChangesView: {
            readonly before: string;
            readonly files: components["schemas"]["NamesView"];
            readonly inputs: components["schemas"]["NamesView"];
            readonly outputs: components["schemas"]["NamesView"];
        };
        /**
         * @description Who a release is for.
         * @enum {string}
         */
        readonly Channel: "dev" | "release";
        /** @description What to check. */
        readonly CheckDraft: {
            readonly files?: readonly string[] | null;
        };
        /** @description What the check found. */
        readonly CheckReportView: {
            readonly ok: boolean;
            readonly problems: readonly components["schemas"]["ProblemView"][];
            readonly warnings: readonly components["schemas"]["ProblemView"][];
            readonly version_proposed: string;
            readonly bump: string | null;
            readonly changes: readonly components["schemas"]["ChangeView"][];
            readonly kind: components["schemas"]["ModuleKind"] | null;
            readonly methods: readonly string[];
            readonly environment: string;
            readonly seconds: number;
            readonly log: string;
        };
        /** @description One of the jobs beside each other. */
        readonly ComparedJob: {
            readonly number: number;
            readonly name: string;
            readonly script: string;
            readonly state: components["schemas"]["JobState"];
            readonly url: string;
            /** Format: date-time */
            readonly created_at: string;
            readonly started_at: string | null;
            readonly seconds: number | null;
            readonly code: string;
            readonly arguments: {
                readonly [key: string]: string;
            };
            readonly metrics: {
                readonly [key: string]: components["schemas"]["Outcome"];
            };
        };
        /** @description One metric of several jobs: a curve for each, or one for each group of equal arguments. */
        readonly ComparedSeries: {
            readonly name: string;
            readonly x_kind: string;
            readonly curves: readonly components["schemas"]["JobCurve"][];
            readonly groups: readonly components["schemas"]["GroupCurve"][];
        };
        /** @description Jobs beside each other. */
        readonly ComparisonView: {
            readonly jobs: readonly components["schemas"]["ComparedJob"][];
            readonly missing: readonly number[];
            readonly differing: readonly string[];
            readonly metrics: readonly components["schemas"]["SharedMetric"][];
            readonly metrics_left_out: number;
            readonly groups: readonly components["schemas"]["GroupView"][];
        };
        /** @description What a project that is copied as a module shall be. */
        readonly CopyDraft: {
            /** @default  */
            readonly title?: string;
            /** @default  */
            readonly name?: string;
            /** @default toolkit */
            readonly kind?: components["schemas"]["ModuleKind"];
            readonly language?: ("en" | "zh-CN") | null;
        };
        /** @description What to say anew of a dataset; a field left out stays as it is. */
        readonly DatasetChangeRequest: {
            readonly title?: string | null;
            readonly description?: string | null;
            readonly category?: components["schemas"]["Category"] | null;
            readonly tags?: readonly string[] | null;
            readonly licence?: string | null;
            readonly visibility?: components["schemas"]["Visibility"] | null;
        };
        /** @description A dataset with its newest versions. */
        readonly DatasetDetails: {
            readonly owner: string;
            readonly name: string;
            readonly full_name: string;
            readonly title: string;
            readonly description: string;
            readonly visibility: components["schemas"]["Visibility"];
            readonly category: components["schemas"]["Category"];
            readonly tags: readonly string[];
            readonly licence: string;
            readonly version: number;
            readonly files: number;
            readonly bytes: number;
            readonly imports: number;
            readonly favourite: boolean;
            /** Format: date-time */
            readonly created_at: string;
            /** Format: date-time */
            readonly updated_at: string;
            readonly url: string;
            readonly versions: components["schemas"]["DatasetVersionList"];
        };
        /** @description What is different from version `a` to version `b`. */
        readonly DatasetDiffView: {
            readonly a: number;
            readonly b: number;
            readonly bytes_a: number;
            readonly bytes_b: number;
            readonly files: components["schemas"]["FileDifferencesView"];
            readonly next: string;
        };
        /** @description An entry of a folder of a version. */
        readonly DatasetEntryView: {
            readonly name: string;
            readonly path: string;
            readonly is_folder: boolean;
            readonly bytes: number;
        };
        /** @description A file of a version. */
        readonly DatasetFileView: {
            readonly path: string;
            readonly bytes: number;
            readonly sha256: string;
        };
        /** @description One page of a folder of a version: folders first, then files, by name. */
        readonly DatasetFolderView: {
            readonly items: readonly components["schemas"]["DatasetEntryView"][];
            readonly next: string;
        };
        readonly DatasetImportList: {
            readonly items: readonly components["schemas"]["DatasetImportView"][];
        };
        /** @description A dataset that a project uses. */
        readonly DatasetImportView: {
            readonly dataset: string;
            readonly version: number;
            readonly folder: string;
            readonly newer: number | null;
            readonly hidden: boolean;
        };
        /** @description A version of a dataset that a job's script names. */
        readonly DatasetInputView: {
            readonly dataset: string;
            readonly title: string;
            readonly version: number;
            readonly url: string;
        };
        /** @description One page of datasets. */
        readonly DatasetList: {
            readonly items: readonly components["schemas"]["DatasetView"][];
            readonly next: string;
        };
        /** @description One page of all files of a version, in whichever folders, by path. */
        readonly DatasetManifestView: {
            readonly items: readonly components["schemas"]["DatasetFileView"][];
            readonly next: string;
        };
        /** @description A dataset to import. */
        readonly DatasetReference: {
            readonly dataset: string;
        };
        /** @description One page of versions, newest first. */
        readonly DatasetVersionList: {
            readonly items: readonly components["schemas"]["DatasetVersionView"][];
            readonly next: number | null;
        };
        /** @description A version of a dataset: its files never change. */
        readonly DatasetVersionView: {
            readonly version: number;
            readonly digest: string;
            readonly notes: string;
            readonly files: number;
            readonly bytes: number;
            /** Format: date-time */
            readonly created_at: string;
        };
        /** @description A dataset as API callers see it. */
        readonly DatasetView: {
            readonly owner: string;
            readonly name: string;
            readonly full_name: string;
            readonly title: string;
            readonly description: string;
            readonly visibility: components["schemas"]["Visibility"];
            readonly category: components["schemas"]["Category"];
            readonly tags: readonly string[];
            readonly licence: string;
            readonly version: number;
            readonly files: number;
            readonly bytes: number;
            readonly imports: number;
            readonly favourite: boolean;
            /** Format: date-time */
            readonly created_at: string;
            /** Format: date-time */
            readonly updated_at: string;
            readonly url: string;
        };
        /**
         * @description What a job asks for.
         * @enum {string}
         */
        readonly Device: "cpu" | "gpu";
        /** @description Calls added up. */
        readonly FiguresView: {
            readonly calls: number;
            readonly errors: number;
            readonly p50_ms: number | null;
            readonly p99_ms: number | null;
        };
        /** @description A file that is not the same in both versions. */
        readonly FileDifferenceView: {
            readonly path: string;
            readonly bytes_before: number | null;
            readonly bytes_after: number | null;
        };
        /** @description Files of this page, by what has happened to them, and how many there are in all. */
        readonly FileDifferencesView: {
            readonly added: readonly components["schemas"]["FileDifferenceView"][];
            readonly removed: readonly components["schemas"]["FileDifferenceView"][];
            readonly changed: readonly components["schemas"]["FileDifferenceView"][];
            readonly added_count: number;
            readonly removed_count: number;
            readonly changed_count: number;
            readonly unchanged_count: number;
        };
        /** @description One entry of a folder. */
        readonly FileEntryView: {
            readonly name: string;
            readonly path: string;
            readonly is_folder: boolean;
            readonly is_import: boolean;
            readonly bytes: number;
            /** Format: date-time */
            readonly modified_at: string;
        };
        readonly FileList: {
            readonly items: readonly components["schemas"]["FileEntryView"][];
        };
        /**
         * @description Why a file is ticked.
         * @enum {string}
         */
        readonly FileReason: "app" | "module" | "imported" | "named";
        /** @description What is said of the version that is made. */
        readonly FinishDraft: {
            /** @default  */
            readonly notes?: string;
            readonly new?: components["schemas"]["NewDatasetDraft"] | null;
            readonly onto?: number | null;
        };
        /**
         * @description Kinds of files that points are offered as.
         * @enum {string}
         */
        readonly Format: "csv" | "parquet";
        /** @description The mean of a group's curves; deviation is null where fewer than two runs reach. */
        readonly GroupCurve: {
            readonly jobs: readonly number[];
            readonly x: readonly number[];
            readonly mean: readonly (number | null)[];
            readonly deviation: readonly (number | null)[];
            readonly runs: readonly number[];
        };
        /** @description Jobs that were asked to do the same. */
        readonly GroupView: {
            readonly jobs: readonly number[];
            readonly arguments: {
                readonly [key: string]: string;
            };
        };
        /** @description What was dropped from the middle of a log, in bytes of it. */
        readonly HoleView: {
            readonly start: number;
            readonly end: number;
        };
        readonly JobCurve: {
            readonly name: string;
            readonly x_kind: string;
            readonly x: readonly number[];
            readonly y: readonly (number | null)[];
            readonly total: number;
            readonly raw: boolean;
            readonly job: number;
        };
        /** @description A job to be submitted. */
        readonly JobDraft: {
            /** @default  */
            readonly script?: string;
            /** @default  */
            readonly name?: string;
            readonly args?: readonly string[];
            readonly env?: {
                readonly [key: string]: string;
            };
            readonly secrets?: {
                readonly [key: string]: string;
            };
            /** @default cpu */
            readonly device?: components["schemas"]["Device"];
            /** @default 1 */
            readonly cpus?: number;
            /** @default 0 */
            readonly gpus?: number;
            readonly memory_limit?: number | string | null;
            readonly time_limit?: number | string | null;
            /** @default 0 */
            readonly priority?: number;
            readonly code_of?: number | null;
            /** @default false */
            readonly present_environment?: boolean;
            readonly secrets_of?: number | null;
        };
        /** @description A job as it was asked for, to be changed and asked for again. */
        readonly JobDraftView: {
            readonly number: number;
            readonly name: string;
            readonly script: string;
            readonly args: readonly string[];
            readonly env: {
                readonly [key: string]: string;
            };
            readonly secrets: readonly string[];
            readonly device: components["schemas"]["Device"];
            readonly cpus: number;
            readonly gpus: number;
            readonly memory_limit: string;
            readonly time_limit: string;
        };
        /** @description What a job runs in. */
        readonly JobEnvironmentView: {
            readonly digest: string;
            readonly python: string;
            readonly base: readonly string[];
            readonly packages: readonly string[];
            readonly missing: readonly string[];
            readonly exists: boolean;
            readonly is_present: boolean;
            readonly earlier: number | null;
            readonly changes: readonly components["schemas"]["PackageChangeView"][];
        };
        /** @description What a job's script names of its project's imports, as they were at its submission. */
        readonly JobInputsView: {
            readonly modules: readonly components["schemas"]["ModuleInputView"][];
            readonly datasets: readonly components["schemas"]["DatasetInputView"][];
        };
        readonly JobList: {
            readonly items: readonly components["schemas"]["JobView"][];
        };
        readonly JobNumbers: {
            readonly numbers: readonly number[];
        };
        /** @description What a new job of a project can ask for. */
        readonly JobOptions: {
            readonly scripts: readonly string[];
            readonly cpus: number;
            readonly gpus: number;
            readonly memory_bytes: number | null;
        };
        /**
         * @description Where a job stands; every job ends in exactly one of TERMINAL.
         * @enum {string}
         */
        readonly JobState: "pending" | "running" | "succeeded" | "failed" | "terminated";
        /** @description A job as API callers see it. Values of its variables stay on the server: they may be secrets. */
        readonly JobView: {
            readonly id: string;
            readonly number: number;
            readonly owner: string;
            readonly project: string;
            readonly name: string;
            readonly script: string;
            readonly args: readonly string[];
            readonly env: readonly string[];
            readonly secrets: readonly string[];
            readonly device: components["schemas"]["Device"];
            readonly cpus: number;
            readonly gpus: number;
            readonly memory_limit: number | null;
            readonly time_limit: number | null;
            readonly priority: number;
            readonly environment: string;
            readonly missing: readonly string[];
            readonly state: components["schemas"]["JobState"];
            readonly reason: string;
            readonly reason_code: string;
            readonly reason_params: {
                readonly [key: string]: string | number | boolean | null;
            };
            readonly ending: string | null;
            readonly exit_code: number | null;
            readonly peak_memory: number | null;
            readonly stop_requested: boolean;
            readonly snapshot_bytes: number;
            readonly snapshot_files: number;
            /** Format: date-time */
            readonly created_at: string;
            readonly started_at: string | null;
            readonly ended_at: string | null;
            readonly url: string;
        };
        readonly LabAddress: {
            readonly url: string;
        };
        /** @description Bounds of calls; seconds and bytes. */
        readonly LimitsView: {
            readonly timeout: number;
            readonly memory_bytes: number;
            readonly workers: number;
            readonly cpus: number;
            readonly queue: number;
            readonly idle_seconds: number;
            readonly body_bytes: number;
        };
        /**
         * @description What a list holds: all that the reader may see, or of these their own, or what they marked or used.
         * @enum {string}
         */
        readonly ListScope: "all" | "mine" | "favourites" | "recent";
        /**
         * @description The order of a list. That of recent things is always by when the reader used them.
         * @enum {string}
         */
        readonly ListSort: "newest" | "used" | "name";
        /** @description Who is calling. */
        readonly Me: {
            readonly name: string | null;
            readonly admin: boolean;
        };
        readonly MetricList: {
            readonly metrics: readonly components["schemas"]["MetricView"][];
            readonly dropped: number;
            readonly malformed: number;
            readonly malformed_line: string | null;
        };
        /** @description One charted metric of a job. */
        readonly MetricView: {
            readonly name: string;
            readonly axis: components["schemas"]["Axis"];
            readonly count: number;
            readonly last_value: number | null;
            readonly last_step: number | null;
            readonly min: number | null;
            readonly max: number | null;
        };
        /**
         * @description What programs that speak other languages go by.
         * @enum {string}
         */
        readonly MistakeKind: "syntax" | "undefined" | "too_early" | "notebook_only" | "turned_off" | "training" | "loop" | "showing" | "waiting" | "command" | "network" | "input" | "reads_file" | "calls_handler" | "handler" | "please_check";
        /** @description One thing to mend or to look at; programs that speak other languages go by `kind` and `subject`. */
        readonly MistakeView: {
            readonly line: number | null;
            readonly message: string;
            readonly severity: components["schemas"]["Severity"];
            readonly kind: components["schemas"]["MistakeKind"];
            readonly subject: string;
        };
        /** @description One call. */
        readonly ModuleCallDraft: {
            readonly method: string;
            /** @default {} */
            readonly values?: {
                readonly [key: string]: unknown;
            };
            /** @default false */
            readonly inline_files?: boolean;
        };
        /** @description What a call returned. */
        readonly ModuleCallView: {
            readonly identifier: string;
            readonly method: string;
            readonly output: {
                readonly [key: string]: unknown;
            };
            readonly types: {
                readonly [key: string]: string;
            };
            readonly files: readonly components["schemas"]["ReturnedFileView"][];
            readonly duration_ms: number;
            readonly log: string;
        };
        /** @description A call to be written down. */
        readonly ModuleCodeDraft: {
            readonly method: string;
            /** @default {} */
            readonly values?: {
                readonly [key: string]: unknown;
            };
            /** @default [] */
            readonly cells?: readonly string[];
            /** @default  */
            readonly project?: string;
            /** @default false */
            readonly own_environment?: boolean;
        };
        /** @description Code that calls a module. */
        readonly ModuleCodeView: {
            readonly identifier: string;
            readonly cell: string;
            readonly client_cell: string;
            readonly runs_first: number | null;
            readonly missing: readonly string[];
            readonly conflicts: readonly string[];
        };
        /** @description A module with all its versions. */
        readonly ModuleDetails: {
            readonly owner: string;
            readonly name: string;
            readonly identifier: string;
            readonly title: string;
            readonly description: string;
            readonly visibility: components["schemas"]["Visibility"];
            readonly version: string;
            readonly kind: components["schemas"]["ModuleKind"];
            readonly category: components["schemas"]["Category"];
            readonly tags: readonly string[];
            readonly imports: number;
            readonly callable: boolean;
            readonly favourite: boolean;
            /** Format: date-time */
            readonly created_at: string;
            /** Format: date-time */
            readonly updated_at: string;
            readonly url: string;
            readonly versions: readonly components["schemas"]["ModuleVersionSummary"][];
        };
        /** @description What is to be said of a module from now on; what is null stays as it is. */
        readonly ModuleDraft: {
            readonly title?: string | null;
            readonly description?: string | null;
            readonly category?: components["schemas"]["Category"] | null;
            readonly tags?: readonly string[] | null;
            readonly callable?: boolean | null;
        };
        /** @description The two files, to be written; null: there shall be none. */
        readonly ModuleFilesDraft: {
            readonly main: string | null;
            readonly module_spec: string | null;
        };
        /** @description The two files that make a project a module; null where there is none. */
        readonly ModuleFilesView: {
            readonly main?: string | null;
            readonly module_spec?: string | null;
            /** @default false */
            readonly from_cells?: boolean;
        };
        readonly ModuleImportList: {
            readonly items: readonly components["schemas"]["ModuleImportView"][];
        };
        /** @description A module version that a project uses. */
        readonly ModuleImportView: {
            readonly identifier: string;
            readonly folder: string;
            readonly newer: string;
            readonly yanked_reason: string | null;
        };
        /** @description A version of a module that a job's script names. */
        readonly ModuleInputView: {
            readonly identifier: string;
            readonly title: string;
            readonly method: string;
            readonly url: string;
        };
        /** @description A call of a module that is to run as a job. */
        readonly ModuleJobDraft: {
            readonly module: string;
            readonly method: string;
            readonly values?: {
                readonly [key: string]: unknown;
            };
            /** @default false */
            readonly own_environment?: boolean;
            /** @default  */
            readonly name?: string;
        };
        /**
         * @description A model predicts, and may be trained; a toolkit runs.
         * @enum {string}
         */
        readonly ModuleKind: "model" | "toolkit";
        /** @description One page of modules. */
        readonly ModuleList: {
            readonly items: readonly components["schemas"]["ModuleView"][];
            readonly next: string;
        };
        /** @description What a method takes and gives. */
        readonly ModuleMethodView: {
            readonly name: string;
            readonly inputs: readonly components["schemas"]["ParameterData"][];
            readonly outputs: readonly components["schemas"]["ParameterData"][];
        };
        /** @description What publishing would make of the project as it is now. */
        readonly ModulePlanView: {
            readonly name: string;
            readonly kind: components["schemas"]["ModuleKind"] | null;
            readonly spec: components["schemas"]["ModuleSpecData"];
            readonly problems: readonly components["schemas"]["ProblemView"][];
            readonly warnings: readonly components["schemas"]["ProblemView"][];
            readonly files: readonly components["schemas"]["VersionFileView"][];
            readonly truncated: boolean;
            readonly version: string;
            readonly last: string;
            readonly has_dev: boolean;
            readonly bump: string | null;
            readonly changes: readonly components["schemas"]["ChangeView"][];
            readonly unchanged_since: string;
            readonly title: string;
            readonly description: string;
            readonly category: components["schemas"]["Category"];
            readonly tags: readonly string[];
            readonly visibility: components["schemas"]["Visibility"];
            readonly stays_public: boolean;
        };
        /** @description A notebook, and the cells that make the module by index or id; null: those that it needs. */
        readonly ModulePreparationDraft: {
            readonly notebook: {
                readonly [key: string]: unknown;
            };
            readonly cells?: readonly (number | string)[] | null;
        };
        /** @description The files that the cells make, not yet written. */
        readonly ModulePreparationView: {
            readonly cells: readonly components["schemas"]["CellView"][];
            readonly main: string;
            readonly problems: readonly components["schemas"]["MistakeView"][];
            readonly spec: components["schemas"]["ModuleSpecFields"];
            readonly spec_yaml: string;
            readonly check: readonly string[];
        };
        /** @description A module to import. */
        readonly ModuleReference: {
            readonly module: string;
        };
        /** @description The plain values of a module_spec.yml: parameters by method. */
        readonly ModuleSpecData: {
            readonly input?: {
                readonly [key: string]: {
                    readonly [key: string]: components["schemas"]["ParameterData"];
                };
            };
            readonly output?: {
                readonly [key: string]: {
                    readonly [key: string]: components["schemas"]["ParameterData"];
                };
            };
        };
        /** @description A spec as edited in a form: plain values, as in module_spec.yml. */
        readonly ModuleSpecDraft: {
            readonly spec: {
                readonly [key: string]: unknown;
            };
        };
        /** @description The plain values of a module_spec.yml, parameters by method; keys that we do not know are kept. */
        readonly ModuleSpecFields: {
            readonly input?: {
                readonly [key: string]: {
                    readonly [key: string]: components["schemas"]["ParameterData"];
                };
            };
            readonly output?: {
                readonly [key: string]: {
                    readonly [key: string]: components["schemas"]["ParameterData"];
                };
            };
        } & {
            readonly [key: string]: unknown;
        };
        /** @description A spec, and the text of its file. */
        readonly ModuleSpecView: {
            readonly spec: components["schemas"]["ModuleSpecFields"];
            readonly spec_yaml: string;
        };
        /** @description An update that somebody has agreed to. */
        readonly ModuleUpdateRequest: {
            /** @default  */
            readonly version?: string;
            readonly digest: string;
        };
        /** @description What an update changes, or has changed. */
        readonly ModuleUpdateView: {
            readonly before: string;
            readonly after: string;
            readonly calls: readonly components["schemas"]["CallChangeView"][];
            readonly skipped: readonly components["schemas"]["SkippedFileView"][];
            readonly digest: string;
        };
        readonly ModuleUserList: {
            readonly items: readonly components["schemas"]["ModuleUserView"][];
            readonly total: number;
        };
        /** @description A public project that imports a module. */
        readonly ModuleUserView: {
            readonly project: string;
            readonly title: string;
            readonly url: string;
        };
        /** @description A version among the others. */
        readonly ModuleVersionSummary: {
            readonly version: string;
            readonly notes: string;
            /** Format: date-time */
            readonly created_at: string;
            readonly size: number;
            readonly files: number;
            readonly yanked_reason: string | null;
        };
        /** @description One version of a module with all that is known of it. */
        readonly ModuleVersionView: {
            readonly identifier: string;
            readonly kind: components["schemas"]["ModuleKind"];
            readonly readme: string;
            readonly readme_html: string;
            readonly methods: readonly components["schemas"]["ModuleMethodView"][];
            readonly requirements: readonly string[];
            readonly environment: string;
            readonly environment_ready: boolean;
            readonly python: string;
            readonly size: number;
            readonly digest: string;
            readonly notes: string;
            /** Format: date-time */
            readonly created_at: string;
            readonly yanked_reason: string | null;
        };
        /** @description A module as API callers see it. */
        readonly ModuleView: {
            readonly owner: string;
            readonly name: string;
            readonly identifier: string;
            readonly title: string;
            readonly description: string;
            readonly visibility: components["schemas"]["Visibility"];
            readonly version: string;
            readonly kind: components["schemas"]["ModuleKind"];
            readonly category: components["schemas"]["Category"];
            readonly tags: readonly string[];
            readonly imports: number;
            readonly callable: boolean;
            readonly favourite: boolean;
            /** Format: date-time */
            readonly created_at: string;
            /** Format: date-time */
            readonly updated_at: string;
            readonly url: string;
        };
        /** @description Names that differ between two releases. */
        readonly NamesView: {
            readonly added: readonly string[];
            readonly removed: readonly string[];
            readonly changed: readonly string[];
        };
        readonly NewAppTokenView: {
            readonly id: string;
            readonly note: string;
            readonly created_at: string | null;
            readonly last_used_at: string | null;
            readonly expires_at: string | null;
            readonly token: string;
        };
        /** @description What a dataset that is to be made will be called. */
        readonly NewDatasetDraft: {
            /** @default  */
            readonly name?: string;
            /** @default  */
            readonly title?: string;
            /** @default  */
            readonly description?: string;
            /** @default other */
            readonly category?: components["schemas"]["Category"];
            /** @default [] */
            readonly tags?: readonly string[];
            /** @default  */
            readonly licence?: string;
            /** @default false */
            readonly public?: boolean;
        };
        /** @description A notebook to convert. */
        readonly NotebookDraft: {
            /** @default notebook.ipynb */
            readonly name?: string;
            readonly notebook: {
                readonly [key: string]: unknown;
            };
        };
        readonly NoticeCountView: {
            readonly unread: number;
            readonly last: number;
        };
        /**
         * @description What a notice is about.
         * @enum {string}
         */
        readonly NoticeKind: "job";
        readonly NoticeList: {
            readonly unread: number;
            readonly last: number;
            readonly items: readonly components["schemas"]["NoticeView"][];
        };
        /** @description What the caller is told; `title` and `text` are in the caller's language (Accept-Language). */
        readonly NoticeView: {
            readonly id: string;
            readonly number: number;
            readonly kind: components["schemas"]["NoticeKind"];
            readonly outcome: string;
            readonly title: string;
            readonly text: string;
            readonly reason_code: string;
            readonly reason_params: {
                readonly [key: string]: string | number | boolean | null;
            };
            readonly owner: string;
            readonly project: string;
            readonly project_title: string;
            readonly url: string;
            /** Format: date-time */
            readonly at: string;
            readonly read: boolean;
        };
        /** @description Which notices are read; several ways may be used at once. */
        readonly NoticesRead: {
            readonly ids?: readonly string[];
            readonly job?: string | null;
            readonly last?: number | null;
        };
        /** @description What one job made of one metric. */
        readonly Outcome: {
            readonly count: number;
            readonly last: number | null;
            readonly min: number | null;
            readonly max: number | null;
        };
        readonly PackageChangeView: {
            readonly name: string;
            readonly before: string;
            readonly after: string;
        };
        /** @description A parameter as its spec file says it, listed under its key; keys that we do not know are kept. */
        readonly ParameterData: {
            readonly name?: string;
            readonly value_type?: string;
            readonly description?: string;
            readonly default_value?: unknown;
            readonly value_range?: string | readonly unknown[];
            readonly optional?: boolean;
        } & {
            readonly [key: string]: unknown;
        };
        /**
         * @description What calls are added up by.
         * @enum {string}
         */
        readonly Period: "hour" | "day";
        readonly PeriodView: {
            readonly calls: number;
            readonly errors: number;
            readonly p50_ms: number | null;
            readonly p99_ms: number | null;
            /** Format: date-time */
            readonly start: string;
        };
        /** @description Where something is in a log. */
        readonly PlaceView: {
            readonly offset: number | null;
            readonly size: number;
        };
        /** @description A notebook, and the cells to deploy by index or id; null: those that the handler needs. */
        readonly PreparationDraft: {
            readonly notebook: {
                readonly [key: string]: unknown;
            };
            readonly cells?: readonly (number | string)[] | null;
        };
        /** @description The files that the cells make, not yet written. */
        readonly PreparationView: {
            readonly cells: readonly components["schemas"]["CellView"][];
            readonly handler: string;
            readonly problems: readonly components["schemas"]["MistakeView"][];
            readonly spec: components["schemas"]["SpecData"];
            readonly spec_yaml: string;
            readonly check: readonly string[];
        };
        readonly PriorityChange: {
            readonly priority: number;
        };
        readonly ProblemDocument: {
            readonly type?: string;
            readonly title: string;
            readonly status: number;
            readonly detail: string;
            readonly code: string;
            readonly errors?: readonly {
                readonly name?: string;
                readonly message?: string;
            }[];
        };
        /** @description One thing to mend, or as a warning to look at. */
        readonly ProblemView: {
            readonly code: string;
            readonly message: string;
            readonly remedy: string;
            readonly file: string;
            readonly line: number | null;
        };
        /** @description One call of the module that a project makes, as its files are now; a file may be the path of one of them. */
        readonly ProjectCallDraft: {
            readonly method: string;
            /** @default {} */
            readonly values?: {
                readonly [key: string]: unknown;
            };
            /** @default false */
            readonly inline_files?: boolean;
            readonly files?: readonly string[] | null;
        };
        /** @description What to change of a project; a field left out stays as it is. */
        readonly ProjectChange: {
            readonly title?: string | null;
            readonly description?: string | null;
            readonly visibility?: components["schemas"]["Visibility"] | null;
        };
        /** @description A project to be made. */
        readonly ProjectDraft: {
            /** @default  */
            readonly title?: string;
            /** @default  */
            readonly name?: string;
            /** @default  */
            readonly description?: string;
            readonly kind?: components["schemas"]["ProjectKind"] | null;
            /** @default private */
            readonly visibility?: components["schemas"]["Visibility"];
            /** @default blank */
            readonly template?: string;
        };
        /**
         * @description What a project is made to become.
         * @enum {string}
         */
        readonly ProjectKind: "app" | "module";
        readonly ProjectList: {
            readonly items: readonly components["schemas"]["ProjectView"][];
        };
        /** @description A project as API callers see it. */
        readonly ProjectView: {
            readonly id: string;
            readonly owner: string;
            readonly name: string;
            readonly full_name: string;
            readonly title: string;
            readonly description: string;
            readonly kind: components["schemas"]["ProjectKind"];
            readonly visibility: components["schemas"]["Visibility"];
            /** Format: date-time */
            readonly created_at: string;
            /** Format: date-time */
            readonly updated_at: string;
            readonly url: string;
        };
        /** @description A release to be made of the development version. */
        readonly PromotionDraft: {
            readonly version?: string | null;
            /** @default  */
            readonly notes?: string;
        };
        readonly PythonSource: {
            readonly source: string;
        };
        /**
         * @description Why a cell is ticked.
         * @enum {string}
         */
        readonly Reason: "handler" | "module" | "client" | "defines" | "changes" | "star";
        readonly RecordedCallList: {
            readonly items: readonly components["schemas"]["RecordedCallView"][];
        };
        /** @description One call. */
        readonly RecordedCallView: {
            readonly version: string;
            /** Format: date-time */
            readonly at: string;
            readonly duration_ms: number;
            readonly code: string | null;
            readonly message: string;
            readonly trace: string;
            readonly inputs: string | null;
        };
        /** @description A release to be made. */
        readonly ReleaseDraft: {
            readonly version?: string | null;
            /** @default release */
            readonly channel?: components["schemas"]["Channel"];
            /** @default  */
            readonly notes?: string;
            readonly files?: readonly string[] | null;
        };
        readonly ReleaseList: {
            readonly items: readonly components["schemas"]["ReleaseView"][];
        };
        /** @description A release as API callers see it. */
        readonly ReleaseView: {
            readonly version: string;
            readonly channel: components["schemas"]["Channel"];
            readonly notes: string;
            /** Format: date-time */
            readonly created_at: string;
            readonly spec: components["schemas"]["SpecData"];
            readonly page: string;
            readonly run: string;
        };
        /** @description What of the version before is not in the next one. */
        readonly RemovalDraft: {
            readonly patterns: readonly string[];
        };
        /** @description What is removed now. */
        readonly RemovalView: {
            readonly removed: readonly string[];
            readonly files: number;
        };
        /** @description What a job uses, sampled about every second, and what it may use. Curves are of equal length. */
        readonly ResourcesView: {
            readonly time: readonly number[];
            readonly cpus: readonly number[];
            readonly memory: readonly number[];
            readonly gpus: readonly (number | null)[];
            readonly gpu_memory: readonly number[];
            readonly has_gpus: boolean;
            readonly cpus_granted: number;
            readonly gpus_granted: number;
            readonly memory_limit: number | null;
            readonly peak_memory: number | null;
        };
        /** @description A file that a call returned. */
        readonly ReturnedFileView: {
            readonly output: string;
            readonly name: string;
            readonly content_type: string;
            readonly bytes: number;
            readonly url: string;
        };
        /**
         * @description What ends a row.
         * @enum {string}
         */
        readonly RowKind: "line" | "part" | "open" | "hole";
        /** @description One row: a line of the log, or a part of a very long one. */
        readonly RowView: {
            readonly start: number;
            readonly end: number;
            readonly kind: components["schemas"]["RowKind"];
            readonly text: string;
            readonly time?: number | null;
        };
        /** @description What a search came to within its time. */
        readonly SearchView: {
            readonly rows: readonly components["schemas"]["RowView"][];
            readonly next: number | null;
            readonly resume: number;
            readonly size: number;
        };
        /** @description A page of files by number. */
        readonly SentFileList: {
            readonly items: readonly components["schemas"]["SentFileView"][];
            readonly next: number | null;
        };
        /** @description A file that is sent. */
        readonly SentFileView: {
            readonly number: number;
            readonly path: string;
            readonly bytes: number;
            readonly offset: number;
            readonly sha256: string;
        };
        /** @description Points of one metric. */
        readonly SeriesView: {
            readonly name: string;
            readonly x_kind: string;
            readonly x: readonly number[];
            readonly y: readonly (number | null)[];
            readonly total: number;
            readonly raw: boolean;
        };
        /** @description Why a service was started anew last. */
        readonly ServiceEndView: {
            /** Format: date-time */
            readonly at: string;
            readonly text: string;
        };
        /** @description What `openmo up` says of the processes that it runs. */
        readonly ServiceList: {
            readonly supervised: boolean;
            readonly items: readonly components["schemas"]["ServiceView"][];
            readonly warnings: readonly string[];
        };
        /**
         * @description Where a service stands.
         * @enum {string}
         */
        readonly ServiceState: "starting" | "ready" | "degraded" | "unresponsive" | "backing off" | "stopping" | "stopped";
        /** @description One process of the installation; texts are in the caller's language (Accept-Language). */
        readonly ServiceView: {
            readonly name: string;
            readonly title: string;
            readonly state: components["schemas"]["ServiceState"];
            readonly state_text: string;
            readonly since: string | null;
            readonly restarts: number;
            readonly text: string;
            readonly last_end: components["schemas"]["ServiceEndView"] | null;
        };
        /** @enum {string} */
        readonly Severity: "error" | "warning";
        readonly SharedMetric: {
            readonly name: string;
            readonly jobs: number;
        };
        /** @description How a module shall begin. */
        readonly SkeletonDraft: {
            readonly kind: components["schemas"]["ModuleKind"];
            readonly language?: ("en" | "zh-CN") | null;
            /** @default false */
            readonly replace_readme?: boolean;
        };
        /** @description What was written. */
        readonly SkeletonView: {
            readonly files: readonly string[];
        };
        /** @description A file that was not looked through. */
        readonly SkippedFileView: {
            readonly file: string;
            readonly why: string;
        };
        readonly SnapshotFile: {
            readonly path: string;
            readonly bytes: number;
        };
        /** @description The code that a job runs. */
        readonly SnapshotView: {
            readonly files: number;
            readonly bytes: number;
            readonly largest: readonly components["schemas"]["SnapshotFile"][];
            readonly large: boolean;
        };
        /** @description The plain values of an app_spec.yml; keys that we do not know are kept. */
        readonly SpecData: {
            readonly input?: {
                readonly [key: string]: components["schemas"]["ParameterData"];
            };
            readonly output?: {
                readonly [key: string]: components["schemas"]["ParameterData"];
            };
        } & {
            readonly [key: string]: unknown;
        };
        /** @description A spec as edited in a form: plain values, as in app_spec.yml. */
        readonly SpecDraft: {
            readonly spec: {
                readonly [key: string]: unknown;
            };
        };
        /** @description A spec, and the text of its file. */
        readonly SpecView: {
            readonly spec: components["schemas"]["SpecData"];
            readonly spec_yaml: string;
        };
        /** @description A starting point for a project. */
        readonly Template: {
            readonly name: string;
            readonly kind: components["schemas"]["ProjectKind"];
            readonly titles: {
                readonly [key: string]: string;
            };
            readonly descriptions: {
                readonly [key: string]: string;
            };
            /** @default [] */
            readonly datasets?: readonly string[];
            /** @default [] */
            readonly optional_datasets?: readonly string[];
            /** @default [] */
            readonly modules?: readonly string[];
        };
        readonly TemplateList: {
            readonly items: readonly components["schemas"]["Template"][];
        };
        /** @description An upload to be opened: for the next version of a dataset, or for a new one. */
        readonly UploadDraft: {
            /** @default  */
            readonly dataset?: string;
            readonly new?: components["schemas"]["NewDatasetDraft"] | null;
        };
        readonly UploadList: {
            readonly items: readonly components["schemas"]["UploadView"][];
        };
        /**
         * @description Where a session stands.
         * @enum {string}
         */
        readonly UploadState: "open" | "finishing" | "finished";
        /** @description An upload as it stands. */
        readonly UploadView: {
            readonly id: string;
            readonly dataset: string;
            readonly base_version: number;
            readonly new: components["schemas"]["NewDatasetDraft"] | null;
            readonly state: components["schemas"]["UploadState"];
            readonly version: number | null;
            readonly notes: string;
            readonly removed: readonly string[];
            readonly problem: string;
            readonly files: number;
            readonly whole_files: number;
            readonly bytes: number;
            readonly sent_bytes: number;
            readonly checked_bytes: number;
            /** Format: date-time */
            readonly created_at: string;
            /** Format: date-time */
            readonly expires_at: string;
        };
        /** @description One page of them, the newest first. */
        readonly UseList: {
            readonly items: readonly components["schemas"]["UseView"][];
            readonly next: string;
        };
        /** @description A job that was made with a module or dataset. */
        readonly UseView: {
            readonly owner: string;
            readonly project: string;
            readonly number: number;
            readonly name: string;
            readonly state: components["schemas"]["JobState"];
            readonly versions: readonly string[];
            readonly methods: readonly string[];
            /** Format: date-time */
            readonly created_at: string;
            readonly url: string;
        };
        /** @description One thing that is another. */
        readonly VersionChangeView: {
            readonly bump: string;
            readonly message: string;
        };
        /** @description A version beside the release before it. */
        readonly VersionChangesView: {
            readonly previous: string;
            readonly bump: string;
            readonly changes: readonly components["schemas"]["VersionChangeView"][];
        };
        /** @description A version to be published; what is null stays as it is, at first as the project says. */
        readonly VersionDraft: {
            readonly version?: string | null;
            /** @default false */
            readonly dev?: boolean;
            /** @default  */
            readonly notes?: string;
            readonly files?: readonly string[] | null;
            readonly title?: string | null;
            readonly description?: string | null;
            readonly category?: components["schemas"]["Category"] | null;
            readonly tags?: readonly string[] | null;
            readonly visibility?: components["schemas"]["Visibility"] | null;
            /** @default false */
            readonly again?: boolean;
        };
        readonly VersionFiguresView: {
            readonly calls: number;
            readonly errors: number;
            readonly p50_ms: number | null;
            readonly p99_ms: number | null;
            readonly version: string;
        };
        /** @description A file or a whole folder that a version could hold. */
        readonly VersionFileView: {
            readonly path: string;
            readonly is_folder: boolean;
            readonly files: number;
            readonly bytes: number;
            readonly ticked: boolean;
            readonly reason: components["schemas"]["FileReason"] | null;
            readonly needed_by: string;
        };
        /** @description The development version first, then the largest. */
        readonly VersionList: {
            readonly items: readonly components["schemas"]["VersionView"][];
        };
        /** @description One release as its owner sees it among the others. */
        readonly VersionView: {
            readonly version: string;
            readonly channel: components["schemas"]["Channel"];
            readonly answers: boolean;
            readonly notes: string;
            /** Format: date-time */
            readonly created_at: string;
            readonly files: number;
            readonly bytes: number;
            readonly changes: components["schemas"]["ChangesView"] | null;
        };
        /**
         * @description Private things are their owner's alone; public things are everybody's to see and import.
         * @enum {string}
         */
        readonly Visibility: "private" | "public";
        /** @description Rows that follow each other; they cover the log from `start` to `end`. */
        readonly WindowView: {
            readonly rows: readonly components["schemas"]["RowView"][];
            readonly start: number;
            readonly end: number;
            readonly size: number;
            readonly hole: components["schemas"]["HoleView"] | null;
            readonly colours: string;
            readonly line: number | null;
            readonly lines: number | null;
        };
        /** @description Why a version should not be imported any more. */
        readonly YankDraft: {
            readonly reason: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type Across = components['schemas']['Across'];
export type AppFiles = components['schemas']['AppFiles'];
export type AppFilesDraft = components['schemas']['AppFilesDraft'];
export type AppReadingView = components['schemas']['AppReadingView'];
export type AppSettingsDraft = components['schemas']['AppSettingsDraft'];
export type AppSettingsView = components['schemas']['AppSettingsView'];
export type AppTokenDraft = components['schemas']['AppTokenDraft'];
export type AppTokenList = components['schemas']['AppTokenList'];
export type AppTokenView = components['schemas']['AppTokenView'];
export type Axis = components['schemas']['Axis'];
export type CallChangeView = components['schemas']['CallChangeView'];
export type CallStatsView = components['schemas']['CallStatsView'];
export type CallToken = components['schemas']['CallToken'];
export type CandidateList = components['schemas']['CandidateList'];
export type CandidateView = components['schemas']['CandidateView'];
export type Category = components['schemas']['Category'];
export type CellView = components['schemas']['CellView'];
export type ChangeView = components['schemas']['ChangeView'];
export type ChangesView = components['schemas']['ChangesView'];
export type Channel = components['schemas']['Channel'];
export type CheckDraft = components['schemas']['CheckDraft'];
export type CheckReportView = components['schemas']['CheckReportView'];
export type ComparedJob = components['schemas']['ComparedJob'];
export type ComparedSeries = components['schemas']['ComparedSeries'];
export type ComparisonView = components['schemas']['ComparisonView'];
export type CopyDraft = components['schemas']['CopyDraft'];
export type DatasetChangeRequest = components['schemas']['DatasetChangeRequest'];
export type DatasetDetails = components['schemas']['DatasetDetails'];
export type DatasetDiffView = components['schemas']['DatasetDiffView'];
export type DatasetEntryView = components['schemas']['DatasetEntryView'];
export type DatasetFileView = components['schemas']['DatasetFileView'];
export type DatasetFolderView = components['schemas']['DatasetFolderView'];
export type DatasetImportList = components['schemas']['DatasetImportList'];
export type DatasetImportView = components['schemas']['DatasetImportView'];
export type DatasetInputView = components['schemas']['DatasetInputView'];
export type DatasetList = components['schemas']['DatasetList'];
export type DatasetManifestView = components['schemas']['DatasetManifestView'];
export type DatasetReference = components['schemas']['DatasetReference'];
export type DatasetVersionList = components['schemas']['DatasetVersionList'];
export type DatasetVersionView = components['schemas']['DatasetVersionView'];
export type DatasetView = components['schemas']['DatasetView'];
export type Device = components['schemas']['Device'];
export type FiguresView = components['schemas']['FiguresView'];
export type FileDifferenceView = components['schemas']['FileDifferenceView'];
export type FileDifferencesView = components['schemas']['FileDifferencesView'];
export type FileEntryView = components['schemas']['FileEntryView'];
export type FileList = components['schemas']['FileList'];
export type FileReason = components['schemas']['FileReason'];
export type FinishDraft = components['schemas']['FinishDraft'];
export type Format = components['schemas']['Format'];
export type GroupCurve = components['schemas']['GroupCurve'];
export type GroupView = components['schemas']['GroupView'];
export type HoleView = components['schemas']['HoleView'];
export type JobCurve = components['schemas']['JobCurve'];
export type JobDraft = components['schemas']['JobDraft'];
export type JobDraftView = components['schemas']['JobDraftView'];
export type JobEnvironmentView = components['schemas']['JobEnvironmentView'];
export type JobInputsView = components['schemas']['JobInputsView'];
export type JobList = components['schemas']['JobList'];
export type JobNumbers = components['schemas']['JobNumbers'];
export type JobOptions = components['schemas']['JobOptions'];
export type JobState = components['schemas']['JobState'];
export type JobView = components['schemas']['JobView'];
export type LabAddress = components['schemas']['LabAddress'];
export type LimitsView = components['schemas']['LimitsView'];
export type ListScope = components['schemas']['ListScope'];
export type ListSort = components['schemas']['ListSort'];
export type Me = components['schemas']['Me'];
export type MetricList = components['schemas']['MetricList'];
export type MetricView = components['schemas']['MetricView'];
export type MistakeKind = components['schemas']['MistakeKind'];
export type MistakeView = components['schemas']['MistakeView'];
export type ModuleCallDraft = components['schemas']['ModuleCallDraft'];
export type ModuleCallView = components['schemas']['ModuleCallView'];
export type ModuleCodeDraft = components['schemas']['ModuleCodeDraft'];
export type ModuleCodeView = components['schemas']['ModuleCodeView'];
export type ModuleDetails = components['schemas']['ModuleDetails'];
export type ModuleDraft = components['schemas']['ModuleDraft'];
export type ModuleFilesDraft = components['schemas']['ModuleFilesDraft'];
export type ModuleFilesView = components['schemas']['ModuleFilesView'];
export type ModuleImportList = components['schemas']['ModuleImportList'];
export type ModuleImportView = components['schemas']['ModuleImportView'];
export type ModuleInputView = components['schemas']['ModuleInputView'];
export type ModuleJobDraft = components['schemas']['ModuleJobDraft'];
export type ModuleKind = components['schemas']['ModuleKind'];
export type ModuleList = components['schemas']['ModuleList'];
export type ModuleMethodView = components['schemas']['ModuleMethodView'];
export type ModulePlanView = components['schemas']['ModulePlanView'];
export type ModulePreparationDraft = components['schemas']['ModulePreparationDraft'];
export type ModulePreparationView = components['schemas']['ModulePreparationView'];
export type ModuleReference = components['schemas']['ModuleReference'];
export type ModuleSpecData = components['schemas']['ModuleSpecData'];
export type ModuleSpecDraft = components['schemas']['ModuleSpecDraft'];
export type ModuleSpecFields = components['schemas']['ModuleSpecFields'];
export type ModuleSpecView = components['schemas']['ModuleSpecView'];
export type ModuleUpdateRequest = components['schemas']['ModuleUpdateRequest'];
export type ModuleUpdateView = components['schemas']['ModuleUpdateView'];
export type ModuleUserList = components['schemas']['ModuleUserList'];
export type ModuleUserView = components['schemas']['ModuleUserView'];
export type ModuleVersionSummary = components['schemas']['ModuleVersionSummary'];
export type ModuleVersionView = components['schemas']['ModuleVersionView'];
export type ModuleView = components['schemas']['ModuleView'];
export type NamesView = components['schemas']['NamesView'];
export type NewAppTokenView = components['schemas']['NewAppTokenView'];
export type NewDatasetDraft = components['schemas']['NewDatasetDraft'];
export type NotebookDraft = components['schemas']['NotebookDraft'];
export type NoticeCountView = components['schemas']['NoticeCountView'];
export type NoticeKind = components['schemas']['NoticeKind'];
export type NoticeList = components['schemas']['NoticeList'];
export type NoticeView = components['schemas']['NoticeView'];
export type NoticesRead = components['schemas']['NoticesRead'];
export type Outcome = components['schemas']['Outcome'];
export type PackageChangeView = components['schemas']['PackageChangeView'];
export type ParameterData = components['schemas']['ParameterData'];
export type Period = components['schemas']['Period'];
export type PeriodView = components['schemas']['PeriodView'];
export type PlaceView = components['schemas']['PlaceView'];
export type PreparationDraft = components['schemas']['PreparationDraft'];
export type PreparationView = components['schemas']['PreparationView'];
export type PriorityChange = components['schemas']['PriorityChange'];
export type ProblemDocument = components['schemas']['ProblemDocument'];
export type ProblemView = components['schemas']['ProblemView'];
export type ProjectCallDraft = components['schemas']['ProjectCallDraft'];
export type ProjectChange = components['schemas']['ProjectChange'];
export type ProjectDraft = components['schemas']['ProjectDraft'];
export type ProjectKind = components['schemas']['ProjectKind'];
export type ProjectList = components['schemas']['ProjectList'];
export type ProjectView = components['schemas']['ProjectView'];
export type PromotionDraft = components['schemas']['PromotionDraft'];
export type PythonSource = components['schemas']['PythonSource'];
export type Reason = components['schemas']['Reason'];
export type RecordedCallList = components['schemas']['RecordedCallList'];
export type RecordedCallView = components['schemas']['RecordedCallView'];
export type ReleaseDraft = components['schemas']['ReleaseDraft'];
export type ReleaseList = components['schemas']['ReleaseList'];
export type ReleaseView = components['schemas']['ReleaseView'];
export type RemovalDraft = components['schemas']['RemovalDraft'];
export type RemovalView = components['schemas']['RemovalView'];
export type ResourcesView = components['schemas']['ResourcesView'];
export type ReturnedFileView = components['schemas']['ReturnedFileView'];
export type RowKind = components['schemas']['RowKind'];
export type RowView = components['schemas']['RowView'];
export type SearchView = components['schemas']['SearchView'];
export type SentFileList = components['schemas']['SentFileList'];
export type SentFileView = components['schemas']['SentFileView'];
export type SeriesView = components['schemas']['SeriesView'];
export type ServiceEndView = components['schemas']['ServiceEndView'];
export type ServiceList = components['schemas']['ServiceList'];
export type ServiceState = components['schemas']['ServiceState'];
export type ServiceView = components['schemas']['ServiceView'];
export type Severity = components['schemas']['Severity'];
export type SharedMetric = components['schemas']['SharedMetric'];
export type SkeletonDraft = components['schemas']['SkeletonDraft'];
export type SkeletonView = components['schemas']['SkeletonView'];
export type SkippedFileView = components['schemas']['SkippedFileView'];
export type SnapshotFile = components['schemas']['SnapshotFile'];
export type SnapshotView = components['schemas']['SnapshotView'];
export type SpecData = components['schemas']['SpecData'];
export type SpecDraft = components['schemas']['SpecDraft'];
export type SpecView = components['schemas']['SpecView'];
export type Template = components['schemas']['Template'];
export type TemplateList = components['schemas']['TemplateList'];
export type UploadDraft = components['schemas']['UploadDraft'];
export type UploadList = components['schemas']['UploadList'];
export type UploadState = components['schemas']['UploadState'];
export type UploadView = components['schemas']['UploadView'];
export type UseList = components['schemas']['UseList'];
export type UseView = components['schemas']['UseView'];
export type VersionChangeView = components['schemas']['VersionChangeView'];
export type VersionChangesView = components['schemas']['VersionChangesView'];
export type VersionDraft = components['schemas']['VersionDraft'];
export type VersionFiguresView = components['schemas']['VersionFiguresView'];
export type VersionFileView = components['schemas']['VersionFileView'];
export type VersionList = components['schemas']['VersionList'];
export type VersionView = components['schemas']['VersionView'];
export type Visibility = components['schemas']['Visibility'];
export type WindowView = components['schemas']['WindowView'];
export type YankDraft = components['schemas']['YankDraft'];
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
