import type { ModuleKind } from "@openmo/shared/rest-api";
import { h } from "@openmo/shared/dom";

import { button, linkButton } from "../../buttons";
import { hint, part } from "../wizard/step";
import { type IPublishContext, PublishStep, kindText, takeBack } from "./step";

/** What leads from a project to a module that others import, in its order. */
export class StartStep extends PublishStep {
  constructor(context: IPublishContext) {
    super(context, context.trans.__("From project to module"));
    if (context.flow.isKnown) {
      this.display();
    } else {
      void this.look();
    }
  }

  private look(): Promise<void> {
    return this.run(this.trans.__("Looking at the project's files…"), async () => {
      try {
        await this.context.flow.look();
      } catch (reason) {
        this.setButtons(button(this.trans.__("Try again"), () => void this.look(), { primary: true }));
        throw reason;
      }
      this.setButtons();
      this.display();
    });
  }

  private display(): void {
    const { flow, trans } = this.context;
    const { kind, files } = flow.plan;
    const hasMain = files.some(({ path }) => path === "main.py");
    const begin = (each: ModuleKind, label: string): HTMLButtonElement =>
      button(label, () => void this.begin(each), { primary: !hasMain });
    const first = hasMain
      ? this.present(kind === null ? trans.__("main.py is there, but cannot be read yet.") : kindText(flow, trans))
      : part(
        trans.__("1. Begin with a small module that works, and make it your own. A model predicts and may be trained, a toolkit runs."),
        h("div", { class: "openmo-Deploy-row" }, begin("model", trans.__("Model")), begin("toolkit", trans.__("Toolkit"))),
      );
    const written = flow.canUndo
      ? [h("p", { class: "openmo-Deploy-hint" },
        trans.__("main.py and module_spec.yml were written."), " ", linkButton(trans.__("Undo"), () => void this.undo()))]
      : [];
    this.body.replaceChildren(
      first,
      ...written,
      part(
        trans.__("2. Or make main.py of a notebook's cells: those that define train, predict or run."),
        button(trans.__("Prepare files"), () => void this.prepare()),
      ),
      part(trans.__("3. Try each method as others will call it."), button(trans.__("Test"), () => void this.onward("test"), { primary: hasMain })),
      part(trans.__("4. Publish a version that others import."), button(trans.__("Publish"), () => void this.onward("version"))),
    );
  }

  private present(text: string): HTMLElement {
    const open = linkButton(this.trans.__("Open main.py"), () => void this.context.documents.show("main.py"));
    return h("div", { class: "openmo-Deploy-part" }, hint(this.trans.__("1. The module: %1", text)), open);
  }

  private begin(kind: ModuleKind): Promise<void> {
    return this.run(this.trans.__("Writing the files…"), async () => {
      const files = await this.context.flow.begin(kind);
      await this.context.documents.reload(...files);
      await this.context.documents.show("main.py");
      this.display();
    });
  }

  private undo(): Promise<void> {
    return this.run(this.trans.__("Writing the files…"), async () => {
      await takeBack(this.context);
      this.display();
    });
  }

  private prepare(): Promise<void> {
    return this.run(this.trans.__("Reading the notebook…"), async () => {
      const path = this.context.notebook.path;
      if (path === null) {
        throw new Error(this.trans.__("Open a notebook first."));
      }
      await this.context.notebook.save(path);
      const { cells } = await this.context.flow.open(path);
      if (!cells.some((cell) => cell.reason === "module")) {
        throw new Error(this.trans.__("No cell of this notebook defines train(conf), predict(conf) or run(conf), or a class with them. Write one first."));
      }
      this.context.go("cells");
    });
  }

  private onward(step: "test" | "version"): Promise<void> {
    return this.run(this.trans.__("Looking at the project's files…"), async () => {
      await this.context.documents.saveAll();
      await this.context.flow.look();
      this.context.go(step);
    });
  }
}
