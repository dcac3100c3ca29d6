import type { JupyterFrontEnd } from "@jupyterlab/application";
import type { IDocumentWidget } from "@jupyterlab/docregistry";
import type { TranslationBundle } from "@jupyterlab/translation";
import type { JobOptions } from "@openmo/shared/rest-api";

import { type JobFormValues, emptyForm, formLike, requestOf } from "./jobForm";
import type { Job } from "./jobs";
import { isPythonScript } from "./paths";
import { ScriptConsoles } from "./scriptConsole";
import type { IPlatform } from "./tokens";
import { showJobDialog } from "./widgets/jobs/dialog";

type Source = IDocumentWidget;

/** Leads from a script, a notebook or an earlier job to a new job or a console. */
export class JobCreator {
  private readonly consoles: ScriptConsoles;

  constructor(
    app: JupyterFrontEnd,
    private readonly platform: IPlatform,
    private readonly trans: TranslationBundle,
    /** Called with each new job. */
    private readonly onCreated: (job: Job) => void,
    /** Called when a script runs in a console, with what makes a job of it instead. */
    private readonly onConsole: (script: string, makeJob: () => void) => void,
  ) {
    this.consoles = new ScriptConsoles(app);
  }

  /** Saves the document and opens the dialog; with `chooses`, or without a document, the user names the script. */
  async createFrom(source: Source | null, { chooses = source === null, args = "" } = {}): Promise<void> {
    if (source?.context.model.dirty) {
      await source.context.save();
    }
    const script = source?.context.path ?? "";
    const canUseConsole = source !== null && isPythonScript(script);
    const context = { trans: this.trans, options: await this.options(), choosesScript: chooses, canUseConsole };
    const form = { ...emptyForm(script), args };
    await showJobDialog(this.trans.__("Create Job"), form, context, async (values) => {
      if (values.target === "console") {
        await this.consoles.run(values.script, requestOf(values).args, source?.id ?? null);
        this.onConsole(values.script, () => void this.createFrom(source, { args: values.args }));
      } else {
        await this.submit(values);
      }
    });
  }

  /** Asks for changes to an earlier job. */
  async createLike(number: number): Promise<void> {
    const [draft, options] = await Promise.all([this.platform.jobDraft(number), this.options()]);
    const context = { trans: this.trans, options, choosesScript: false, canUseConsole: false };
    await showJobDialog(this.trans.__("Run Again with Changes"), formLike(draft), context, (values) => this.submit(values));
  }

  private async submit(values: JobFormValues): Promise<void> {
    this.onCreated(await this.platform.createJob(requestOf(values)));
  }

  /** Null where the platform does not answer: it says why when the job is submitted. */
  private async options(): Promise<JobOptions | null> {
    try {
      return await this.platform.jobOptions();
    } catch {
      return null;
    }
  }
}
