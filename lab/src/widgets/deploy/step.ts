/** What the steps of the deploy panel share. */
import type { Step } from "../../deployDraft";
import type { DeployFlow } from "../../deployFlow";
import type { INotebookSide } from "../wizard/notebook";
import { type IWizard, StepWidget } from "../wizard/step";

/** What a step may do besides showing itself. */
export interface IStepContext extends IWizard<Step> {
  readonly flow: DeployFlow;
  readonly notebook: INotebookSide;
  /** Shows the app's page beside the notebook. */
  test(page: string): void;
  /** Shows what its owner sees of the app's calls beside the notebook. */
  showCalls(page: string): void;
}

/** A step on the way to an app. */
export abstract class DeployStep extends StepWidget<Step, IStepContext> {}
