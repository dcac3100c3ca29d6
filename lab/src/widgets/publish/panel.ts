import type { TranslationBundle } from "@jupyterlab/translation";

import { publishIcon } from "../../icons";
import { PublishFlow } from "../../publishing/flow";
import type { IModuleMaking } from "../../publishing/values";
import type { INotebookSide } from "../wizard/notebook";
import { WizardPanel } from "../wizard/panel";
import { CellsStep } from "./cellsStep";
import { CodeStep } from "./codeStep";
import { ResultStep } from "./resultStep";
import { SpecStep } from "./specStep";
import { StartStep } from "./startStep";
import type { IDocuments, IPublishContext, PublishStep, Step } from "./step";
import { TestStep } from "./testStep";
import { VersionStep } from "./versionStep";

const STEPS: Readonly<Record<Step, new (context: IPublishContext) => PublishStep>> = {
  start: StartStep,
  cells: CellsStep,
  code: CodeStep,
  spec: SpecStep,
  test: TestStep,
  version: VersionStep,
  result: ResultStep,
};

interface IOptions {
  readonly platform: IModuleMaking;
  readonly notebook: INotebookSide;
  readonly documents: IDocuments;
  readonly trans: TranslationBundle;
}

/** The left panel of a project that makes a module: one step at a time. */
export class PublishPanel extends WizardPanel<Step, IPublishContext> {
  private readonly flow: PublishFlow;
  private isShown = false;

  constructor(private readonly options: IOptions) {
    super({ id: "openmo-publish", icon: publishIcon, label: options.trans.__("Publish") });
    this.flow = new PublishFlow(options.platform);
  }

  /** The project is looked at when somebody looks at the panel, and not before. */
  protected override onBeforeShow(): void {
    if (!this.isShown) {
      this.isShown = true;
      this.display("start");
    }
  }

  protected make(step: Step): PublishStep {
    const { trans, notebook, documents } = this.options;
    return new STEPS[step]({ flow: this.flow, trans, notebook, documents, go: (to) => { this.go(to); } });
  }
}
