import { Notification } from "@jupyterlab/apputils";
import { messageOf } from "@openmo/shared/problems";

import type { Section } from "../../app";
import { button } from "../../buttons";
import { mayReplace } from "../wizard/replacing";
import { type ISpecPart, SpecEditor } from "../wizard/specEditor";
import { type IPublishContext, PublishStep, takeBack } from "./step";

/** What each method takes and gives, editable, above the module_spec.yml that comes of it. */
export class SpecStep extends PublishStep {
  private readonly editor: SpecEditor;

  constructor(context: IPublishContext) {
    super(context, context.trans.__("Inputs and outputs"));
    const methods = Object.keys({ ...context.flow.spec.input, ...context.flow.spec.output });
    this.editor = new SpecEditor({
      name: "module_spec.yml",
      parts: methods.flatMap((method) => [
        this.part("input", method, this.trans.__("%1: inputs", method)),
        this.part("output", method, this.trans.__("%1: outputs", method)),
      ]),
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

  private part(section: Section, method: string, title: string): ISpecPart {
    const { flow, trans } = this.context;
    const check = new Set(flow.preparation.check);
    return {
      title,
      section,
      parameters: flow.spec[section][method] ?? {},
      nothing: trans.__("None. Annotate them in %1, then prepare again.", method),
      isGuessed: (key) => check.has(`${section}.${method}.${key}`),
      edit: (key, texts) => { flow.editParameter(section, method, key, texts); },
    };
  }

  private write(): Promise<void> {
    this.editor.stop();
    return this.run(this.trans.__("Writing main.py and module_spec.yml…"), async () => {
      await this.context.documents.saveAll();
      if ((await this.context.flow.replaces()) && !(await mayReplace("main.py", this.trans))) {
        return;
      }
      await this.context.flow.write();
      await this.context.documents.reload("main.py", "module_spec.yml");
      this.announce();
      this.context.go("test");
    });
  }

  private announce(): void {
    const { context, trans } = this;
    const undo = async (): Promise<void> => {
      try {
        if (context.flow.canUndo) {
          await takeBack(context);
          context.go("start");
        }
      } catch (reason) {
        Notification.error(messageOf(reason));
      }
    };
    Notification.success(trans.__("main.py and module_spec.yml were written."), {
      autoClose: 15_000,
      actions: [{ label: trans.__("Undo"), callback: () => void undo() }],
    });
  }
}
