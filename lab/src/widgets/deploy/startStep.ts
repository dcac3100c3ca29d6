import { h } from "@openmo/shared/dom";

import { button } from "../../buttons";
import { type IStepContext, StepWidget, hint } from "./step";

/** The three things that lead from a notebook to an app, in their order. */
export class StartStep extends StepWidget {
  constructor(context: IStepContext) {
    super(context, context.trans.__("From notebook to app"));
    const trans = this.trans;
    this.body.append(
      this.part(
        trans.__("1. Write the function that the app runs."),
        button(trans.__("Insert handle function"), () => void this.insert()),
      ),
      this.part(
        trans.__("2. Choose its cells and describe its inputs and outputs."),
        button(trans.__("Prepare files"), () => void this.prepare(), { primary: true }),
      ),
      this.part(
        trans.__("3. Publish it as a page and an API."),
        button(trans.__("Deploy"), () => void this.files()),
      ),
    );
  }

  private part(text: string, action: HTMLElement): HTMLElement {
    return h("div", { class: "openmo-Deploy-part" }, hint(text), action);
  }

  private insert(): Promise<void> {
    return this.run(this.trans.__("Inserting…"), () => this.context.notebook.insertHandle());
  }

  private prepare(): Promise<void> {
    return this.run(this.trans.__("Reading the notebook…"), async () => {
      const path = this.context.notebook.path;
      if (path === null) {
        throw new Error(this.trans.__("Open a notebook first."));
      }
      await this.context.notebook.save(path);
      await this.context.flow.open(path);
      this.context.go("cells");
    });
  }

  private files(): Promise<void> {
    return this.run(this.trans.__("Looking at the project's files…"), async () => {
      await this.context.flow.findCandidates();
      this.context.go("files");
    });
  }
}
