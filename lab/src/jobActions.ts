import { Dialog, showDialog, showErrorMessage } from "@jupyterlab/apputils";
import type { TranslationBundle } from "@jupyterlab/translation";
import { messageOf } from "@openmo/shared/problems";

import type { Job } from "./jobs";
import { openPage } from "./pages";
import type { IJobCreator, IJobTabs, IJobs, IPlatform, JobPart } from "./tokens";

/** Carries out the actions on jobs: confirms before it destroys something, and shows errors. */
export class JobActions {
  /** Jobs that are being run again: a second click while the code is copied makes no second job. */
  private readonly restarting = new Set<number>();

  constructor(
    private readonly platform: IPlatform,
    private readonly jobs: IJobs,
    private readonly tabs: IJobTabs,
    private readonly creator: IJobCreator,
    private readonly trans: TranslationBundle,
  ) {}

  open(job: Job, part: JobPart): void {
    this.tabs.open(job, part);
  }

  openPage(job: Job): void {
    openPage(job.url);
  }

  async terminate(job: Job): Promise<void> {
    const question = this.trans.__("Stop %1? What it wrote to results/ stays.", job.name);
    if (await this.confirm(question, this.trans.__("Terminate"))) {
      await this.attempt(this.trans.__("Cannot terminate the job"), async () => {
        this.jobs.put(await this.platform.terminateJob(job.number));
      });
    }
  }

  async restart(job: Job): Promise<void> {
    if (this.restarting.has(job.number)) {
      return;
    }
    this.restarting.add(job.number);
    await this.attempt(this.trans.__("Cannot run the job again"), async () => {
      this.jobs.put(await this.platform.restartJob(job.number));
    });
    this.restarting.delete(job.number);
  }

  async clone(job: Job): Promise<void> {
    await this.creator.create({ like: job.number });
  }

  async remove(selected: readonly Job[]): Promise<void> {
    const [first, ...others] = selected;
    if (first === undefined) {
      return;
    }
    const question = others.length === 0
      ? this.trans.__("Delete %1 with its log and charts?", first.name)
      : this.trans.__("Delete %1 jobs with their logs and charts?", selected.length);
    if (await this.confirm(question, this.trans.__("Delete"))) {
      await this.attempt(this.trans.__("Cannot delete"), async () => {
        const numbers = selected.map((job) => job.number);
        await this.platform.deleteJobs(numbers);
        this.tabs.close(numbers);
        await this.jobs.refresh();
      });
    }
  }

  private async confirm(question: string, action: string): Promise<boolean> {
    const answer = await showDialog({
      title: question,
      buttons: [Dialog.cancelButton({ label: this.trans.__("Cancel") }), Dialog.warnButton({ label: action })],
      defaultButton: 0,
    });
    return answer.button.accept;
  }

  private async attempt(title: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (reason) {
      await showErrorMessage(title, messageOf(reason));
      this.jobs.refresh().catch(() => undefined);
    }
  }
}
