import type { LabIcon } from "@jupyterlab/ui-components";
import { Panel } from "@lumino/widgets";

import type { IWizard, StepWidget } from "./step";

interface IOptions {
  readonly id: string;
  readonly icon: LabIcon;
  readonly label: string;
}

/** A panel at the left that shows one step at a time. */
export abstract class WizardPanel<Step extends string, Context extends IWizard<Step>> extends Panel {
  private current: StepWidget<Step, Context> | null = null;

  constructor({ id, icon, label }: IOptions) {
    super();
    this.id = id;
    this.addClass("openmo-Deploy");
    this.title.icon = icon;
    this.title.caption = label;
    this.node.setAttribute("role", "region");
    this.node.setAttribute("aria-label", label);
  }

  /** Shows the step, from its top. */
  go(step: Step): void {
    this.display(step);
    this.current?.focusHeading();
  }

  protected display(step: Step): void {
    const next = this.make(step);
    this.current?.dispose();
    this.current = next;
    this.addWidget(next);
  }

  protected abstract make(step: Step): StepWidget<Step, Context>;
}
