import { button } from "../../buttons";
import { CodeView } from "../wizard/codeView";
import { type IPublishContext, PublishStep } from "./step";

/** The generated main.py, with its mistakes marked. */
export class CodeStep extends PublishStep {
  constructor(context: IPublishContext) {
    super(context, context.trans.__("Look at the code"));
    const { main, problems } = context.flow.preparation;
    const code = new CodeView({ name: "main.py", source: main, problems, textOf: ({ message }) => message, trans: context.trans });
    this.body.append(...code.nodes);
    const next = button(this.trans.__("Next"), () => { context.go("spec"); }, { primary: !code.hasErrors });
    this.setButtons(this.backButton("cells"), next);
  }
}
