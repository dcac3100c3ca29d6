import { button } from "../../buttons";
import { CodeView } from "../wizard/codeView";
import { mistakeText } from "../wizard/wording";
import { DeployStep, type IStepContext } from "./step";

/** The generated handler.py, with its mistakes marked. */
export class CodeStep extends DeployStep {
  constructor(context: IStepContext) {
    super(context, context.trans.__("Look at the code"));
    const { handler, problems } = context.flow.preparation;
    const textOf = mistakeText(context.trans);
    const code = new CodeView({ name: "handler.py", source: handler, problems, textOf, trans: context.trans });
    this.body.append(...code.nodes);
    const next = button(this.trans.__("Next"), () => { context.go("spec"); }, { primary: !code.hasErrors });
    this.setButtons(this.backButton("cells"), next);
  }
}
