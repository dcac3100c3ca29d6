import type { TranslationBundle } from "@jupyterlab/translation";
import { Panel } from "@lumino/widgets";

import { DeployFlow, type Step } from "../../deployFlow";
import { deployIcon } from "../../icons";
import type { IPlatform } from "../../tokens";
import { CellsStep } from "./cellsStep";
import { CodeStep } from "./codeStep";
import { FilesStep } from "./filesStep";
import { ResultStep } from "./resultStep";
import { SpecStep } from "./specStep";
import { StartStep } from "./startStep";
import type { INotebookSide, IStepContext, StepWidget } from "./step";

const STEPS: Readonly<Record<Step, new (context: IStepContext) => StepWidget>> = {
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
  /** Called with a release that was just made. */
  readonly onDeployed: (flow: DeployFlow) => void;
}

/** The left panel: one step at a time. */
export class DeployPanel extends Panel {
  private readonly flow: DeployFlow;
  private current: StepWidget;

  constructor(private readonly options: IOptions) {
    super();
    this.id = "openmo-deploy";
    this.addClass("openmo-Deploy");
    this.title.icon = deployIcon;
    this.title.caption = options.trans.__("Deploy");
    this.node.setAttribute("role", "region");
    this.node.setAttribute("aria-label", options.trans.__("Deploy"));
    this.flow = new DeployFlow(options.platform);
    this.current = this.make("start");
    this.addWidget(this.current);
  }

  go(step: Step): void {
    const next = this.make(step);
    this.current.dispose();
    this.current = next;
    this.addWidget(next);
    next.focusHeading();
    if (step === "result") {
      this.options.onDeployed(this.flow);
    }
  }

  private make(step: Step): StepWidget {
    const { trans, notebook, test, showCalls } = this.options;
    return new STEPS[step]({ flow: this.flow, trans, notebook, test, showCalls, go: (to) => { this.go(to); } });
  }
}
