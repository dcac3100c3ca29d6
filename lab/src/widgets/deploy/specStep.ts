import { Dialog, showDialog } from "@jupyterlab/apputils";
import { h } from "@openmo/shared/dom";

import type { Section } from "../../app";
import { button } from "../../buttons";
import { type IStepContext, StepWidget, hint } from "./step";
import { parameterForm } from "./parameterForm";

const DEBOUNCE_MS = 300;

/** Inputs and outputs, editable, above the app_spec.yml that comes of them. */
export class SpecStep extends StepWidget {
  private readonly preview = h("pre", { class: "openmo-Deploy-yaml", tabindex: "0" });
  private timer = 0;
  private requests = 0;

  constructor(context: IStepContext) {
    super(context, context.trans.__("Inputs and outputs"));
    this.preview.setAttribute("aria-label", "app_spec.yml");
    this.body.append(
      this.section("input", this.trans.__("Inputs")),
      this.section("output", this.trans.__("Outputs")),
      h("h4", {}, "app_spec.yml"),
      this.preview,
    );
    this.setButtons(
      this.backButton("code"),
      button(this.trans.__("Write files"), () => void this.write(), { primary: true }),
    );
    void this.showText();
  }

  override dispose(): void {
    window.clearTimeout(this.timer);
    super.dispose();
  }

  private section(section: Section, title: string): HTMLElement {
    const { flow, trans } = this.context;
    const check = new Set(flow.preparation.check);
    const forms = Object.entries(flow.spec[section]).map(([key, parameter]) =>
      parameterForm({
        name: parameter.name ?? key,
        parameter,
        isInput: section === "input",
        check: check.has(`${section}.${key}`),
        trans,
        onEdit: (texts) => {
          flow.editParameter(section, key, texts);
          this.showSoon();
        },
      }),
    );
    const content = forms.length > 0 ? forms : [hint(trans.__("None. Annotate them in handle, then prepare again."))];
    return h("section", {}, h("h4", {}, title), ...content);
  }

  private showSoon(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.showText(), DEBOUNCE_MS);
  }

  /** A response that comes after a later request is out of date. */
  private async showText(): Promise<void> {
    const request = ++this.requests;
    try {
      const text = await this.context.flow.specText();
      if (request === this.requests) {
        this.preview.textContent = text;
        this.clearError();
      }
    } catch (reason) {
      if (request === this.requests) {
        this.showError(reason);
      }
    }
  }

  private write(): Promise<void> {
    window.clearTimeout(this.timer);
    this.requests++; // a response on its way would wipe the status shown here
    return this.run(this.trans.__("Writing handler.py and app_spec.yml…"), async () => {
      if ((await this.context.flow.replaces()) && !(await this.mayReplace())) {
        return;
      }
      await this.context.flow.write();
      await this.context.flow.findCandidates();
      this.context.go("files");
    });
  }

  private async mayReplace(): Promise<boolean> {
    const answer = await showDialog({
      title: this.trans.__("Replace handler.py?"),
      body: this.trans.__("The one that is there was not made from cells. What the ticked cells make would take its place."),
      buttons: [
        Dialog.cancelButton({ label: this.trans.__("Cancel") }),
        Dialog.warnButton({ label: this.trans.__("Replace") }),
      ],
      defaultButton: 0,
    });
    return answer.button.accept;
  }
}
