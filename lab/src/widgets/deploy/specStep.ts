import type { Section } from "../../app";
import { button } from "../../buttons";
import { mayReplace } from "../wizard/replacing";
import { type ISpecPart, SpecEditor } from "../wizard/specEditor";
import { DeployStep, type IStepContext } from "./step";

/** Inputs and outputs, editable, above the app_spec.yml that comes of them. */
export class SpecStep extends DeployStep {
  private readonly editor: SpecEditor;

  constructor(context: IStepContext) {
    super(context, context.trans.__("Inputs and outputs"));
    this.editor = new SpecEditor({
      name: "app_spec.yml",
      parts: [this.part("input", this.trans.__("Inputs")), this.part("output", this.trans.__("Outputs"))],
      text: () => context.flow.specText(),
      trans: this.trans,
      onError: (reason) => { this.showError(reason); },
      onRight: () => { this.clearError(); },
    });
    this.body.append(...this.editor.nodes);
    this.setButtons(
      this.backButton("code"),
      button(this.trans.__("Write files"), () => void this.write(), { primary: true }),
    );
  }

  override dispose(): void {
    this.editor.stop();
    super.dispose();
  }

  private part(section: Section, title: string): ISpecPart {
    const { flow, trans } = this.context;
    const check = new Set(flow.preparation.check);
    return {
      title,
      section,
      parameters: flow.spec[section],
      nothing: trans.__("None. Annotate them in handle, then prepare again."),
      isGuessed: (key) => check.has(`${section}.${key}`),
      edit: (key, texts) => { flow.editParameter(section, key, texts); },
    };
  }

  private write(): Promise<void> {
    this.editor.stop();
    return this.run(this.trans.__("Writing handler.py and app_spec.yml…"), async () => {
      if ((await this.context.flow.replaces()) && !(await mayReplace("handler.py", this.trans))) {
        return;
      }
      await this.context.flow.write();
      await this.context.flow.findCandidates();
      this.context.go("files");
    });
  }
}
