import { ILabShell, ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from "@jupyterlab/application";
import { IThemeManager, WidgetTracker } from "@jupyterlab/apputils";
import { ITranslator, nullTranslator, type TranslationBundle } from "@jupyterlab/translation";
import type { JobInputsView } from "@openmo/shared/rest-api";

import { embedded, mayFrame } from "../framing";
import type { Job } from "../jobs";
import { languageTag } from "../language";
import { openPage } from "../pages";
import { IJobTabs, IJobs, IPlatform, type JobPart, TRANSLATION_DOMAIN } from "../tokens";
import { JobTab } from "../widgets/jobs/tab";

const RESTORE = "openmo:restore-job-tab";

/** Logs and charts of jobs as tabs beside the code; they are there again after a reload. */
export const jobTabs: JupyterFrontEndPlugin<IJobTabs> = {
  id: "@openmo/lab:job-tabs",
  description: "Logs and charts of jobs in the main area.",
  autoStart: true,
  provides: IJobTabs,
  requires: [ILabShell, IJobs, IPlatform],
  optional: [ITranslator, IThemeManager, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    shell: ILabShell,
    jobs: IJobs,
    platform: IPlatform,
    translator: ITranslator | null,
    themes: IThemeManager | null,
    restorer: ILayoutRestorer | null,
  ): IJobTabs => {
    const tabs = new JobTabs(shell, jobs, platform, themes, translator);
    app.commands.addCommand(RESTORE, {
      execute: (args) => {
        const { number, part, name, url } = args;
        if (typeof number === "number" && typeof name === "string" && typeof url === "string") {
          tabs.show({ number, name, url }, part === "charts" ? "charts" : "log");
        }
      },
    });
    void restorer?.restore(tabs.tracker, {
      command: RESTORE,
      args: (tab) => ({ number: tab.number, part: tab.part, name: tab.name, url: tabs.pageOf(tab) }),
      name: (tab) => tab.id,
    });
    return tabs;
  },
};

type JobReference = Pick<Job, "number" | "name" | "url">;

class JobTabs implements IJobTabs {
  readonly tracker = new WidgetTracker<JobTab>({ namespace: "openmo-jobs" });
  private readonly pages = new Map<string, string>();
  private readonly trans: TranslationBundle;
  private readonly language: string;

  constructor(
    private readonly shell: ILabShell,
    private readonly jobs: IJobs,
    private readonly platform: Pick<IPlatform, "jobInputs">,
    private readonly themes: IThemeManager | null,
    translator: ITranslator | null,
  ) {
    this.trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    this.language = languageTag(translator);
    themes?.themeChanged.connect((_, change) => {
      if (change.oldValue !== change.newValue && change.oldValue !== null) {
        this.tracker.forEach((tab) => { tab.content.reload(); });
      }
    });
  }

  open(job: JobReference, part: JobPart, { after }: { readonly after?: string } = {}): void {
    if (!mayFrame(job.url, window.location.href)) {
      openPage(job.url);
      return;
    }
    this.show(job, part, after);
    this.shell.activateById(JobTab.idOf(job.number, part));
  }

  /** As `open`, without taking the focus. */
  show(job: JobReference, part: JobPart, after?: string): void {
    const id = JobTab.idOf(job.number, part);
    if (this.tracker.find((tab) => tab.id === id) !== undefined || !mayFrame(job.url, window.location.href)) {
      return;
    }
    this.pages.set(id, job.url);
    const inputs = (): Promise<JobInputsView> => this.platform.jobInputs(job.number);
    const tab = new JobTab(job.number, part, job.name, () => this.address(job.url, part), this.jobs, this.trans, inputs);
    const ref = this.neighbour() ?? after ?? null;
    void this.tracker.add(tab);
    this.shell.add(tab, "main", { mode: ref === null ? "split-right" : "tab-after", ref });
  }

  close(numbers: readonly number[]): void {
    for (const tab of this.tracker.filter((each) => numbers.includes(each.number))) {
      tab.dispose();
    }
  }

  pageOf(tab: JobTab): string {
    return this.pages.get(tab.id) ?? "";
  }

  /** A tab of jobs that is open already: the code keeps its half of the screen. */
  private neighbour(): string | null {
    return this.tracker.currentWidget?.id ?? null;
  }

  private address(page: string, part: JobPart): string {
    const theme = this.themes?.theme ?? null;
    const mode = theme === null || this.themes === null ? "" : this.themes.isLight(theme) ? "light" : "dark";
    return embedded(page, { part, theme: mode, language: this.language }, window.location.href);
  }
}
