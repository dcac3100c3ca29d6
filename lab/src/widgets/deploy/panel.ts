import type { TranslationBundle } from "@jupyterlab/translation";

import type { DraftStore, Step } from "../../deployDraft";
import { DeployFlow } from "../../deployFlow";
import { deployIcon } from "../../icons";
import type { IPlatform } from "../../tokens";
import type { INotebookSide } from "../wizard/notebook";
import { WizardPanel } from "../wizard/panel";
import { CellsStep } from "./cellsStep";
import { CodeStep } from "./codeStep";
import { FilesStep } from "./filesStep";
import { ResultStep } from "./resultStep";
import { SpecStep } from "./specStep";
import { StartStep } from "./startStep";
import type { DeployStep, IStepContext } from "./step";

const STEPS: Readonly<Record<Step, new (context: IStepContext) => DeployStep>> = {
  start: StartStep,
  cells: CellsStep,
  code: CodeStep,
  spec: SpecStep,
  files: FilesStep,
  result: ResultStep,
};

interface IOptions {
  readonly platform: IPlatform;
  readonly notebook: INotebookSide;
  readonly trans: TranslationBundle;
  readonly test: (page: string) => void;
  readonly showCalls: (page: string) => void;
  /** Where decisions are kept while the page is loaded anew. */
  readonly drafts: DraftStore;
  /** Called with a release that was just made. */
  readonly onDeployed: (flow: DeployFlow) => void;
}

/** The left panel: one step at a time. */
export class DeployPanel extends WizardPanel<Step, IStepContext> {
  private readonly flow: DeployFlow;
  private step: Step = "start";

  constructor(private readonly options: IOptions) {
    super({ id: "openmo-deploy", icon: deployIcon, label: options.trans.__("Deploy") });
    this.flow = new DeployFlow(options.platform, () => { this.keep(); });
    this.display("start");
  }

  /** Goes on where the page was loaded anew, unless somebody has begun something else meanwhile; whether it does. */
  async resume(): Promise<boolean> {
    const draft = this.options.drafts.load();
    if (draft === null) {
      return false;
    }
    try {
      await this.flow.restore(draft);
    } catch {
      this.options.drafts.clear(); // the notebook or the cells are gone: one begins anew
      return false;
    }
    if (this.step !== "start") {
      return false;
    }
    this.display(draft.step);
    this.keep();
    return true;
  }

  override go(step: Step): void {
    super.go(step);
    this.keep();
    if (step === "result") {
      this.options.onDeployed(this.flow);
    }
  }

  protected override display(step: Step): void {
    this.step = step;
    super.display(step);
  }

  private keep(): void {
    if (this.step === "start" || this.step === "result") {
      this.options.drafts.clear();
    } else {
      this.options.drafts.save(this.flow.draft(this.step));
    }
  }

  protected make(step: Step): DeployStep {
    const { trans, notebook, test, showCalls } = this.options;
    return new STEPS[step]({ flow: this.flow, trans, notebook, test, showCalls, go: (to) => { this.go(to); } });
  }
}
