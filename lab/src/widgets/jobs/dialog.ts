import { Dialog } from "@jupyterlab/apputils";
import type { TranslationBundle } from "@jupyterlab/translation";
import { PlatformError } from "@openmo/shared/problems";

import { ArgumentsError } from "../../arguments";
import { FormError, type JobFormValues } from "../../jobForm";
import { JobForm, type JobFormContext } from "./form";

/**
 * Asks for what a job needs and does `act` with it; resolves to false when the user cancels.
 *
 * The dialog stays until `act` succeeds: a refusal is shown in it, with everything typed still there.
 */
export async function showJobDialog(
  title: string,
  initial: JobFormValues,
  context: JobFormContext,
  act: (values: JobFormValues) => Promise<void>,
): Promise<boolean> {
  const dialog = new JobDialog(title, new JobForm(initial, context), context.trans, act);
  return (await dialog.launch()).button.accept;
}

class JobDialog extends Dialog<unknown> {
  private isBusy = false;

  constructor(
    title: string,
    private readonly form: JobForm,
    private readonly trans: TranslationBundle,
    private readonly act: (values: JobFormValues) => Promise<void>,
  ) {
    super({
      title,
      body: form,
      buttons: [Dialog.cancelButton({ label: trans.__("Cancel") }), Dialog.okButton({ label: trans.__("Create") })],
      defaultButton: 1,
      focusNodeSelector: "input[type=text]:not([disabled])",
    });
    this.addClass("openmo-JobDialog");
  }

  override resolve(index = 1): void {
    if (index !== 1) {
      super.resolve(index);
    } else if (!this.isBusy) {
      void this.attempt();
    }
  }

  protected override _evtKeydown(event: KeyboardEvent): void {
    if (event.key !== "Enter" || submits(event)) {
      super._evtKeydown(event);
    }
  }

  private async attempt(): Promise<void> {
    this.setBusy(true);
    this.form.showError("");
    try {
      await this.act(this.form.values);
      super.resolve(1);
    } catch (reason) {
      this.form.showError(refusal(reason, this.trans));
    } finally {
      this.setBusy(false);
    }
  }

  private setBusy(busy: boolean): void {
    this.isBusy = busy;
    this.node.setAttribute("aria-busy", String(busy));
    this.form.setInert(busy);
    this.node.querySelector<HTMLButtonElement>(".jp-Dialog-button.jp-mod-accept")?.toggleAttribute("disabled", busy);
  }
}

/** Whether that Enter means the dialog: on its buttons, and in a field of one line that is not one of many. */
function submits(event: KeyboardEvent): boolean {
  const control = event.target;
  if (control instanceof HTMLInputElement) {
    return control.type === "text" && !event.isComposing && control.closest(".openmo-JobForm-variables") === null;
  }
  return control instanceof Element && control.closest(".jp-Dialog-footer") !== null;
}

/** The sentence for an error that the user can mend in the dialog. */
function refusal(reason: unknown, trans: TranslationBundle): string {
  if (reason instanceof ArgumentsError) {
    return reason.reason === "open-quote"
      ? trans.__("The arguments have a quote that is not closed.")
      : trans.__("The arguments end in a backslash.");
  }
  if (reason instanceof FormError) {
    return formRefusal(reason, trans);
  }
  return reason instanceof PlatformError || reason instanceof Error ? reason.message : String(reason);
}

function formRefusal(error: FormError, trans: TranslationBundle): string {
  switch (error.reason) {
    case "no-script":
      return trans.__("Choose the script that the job runs.");
    case "not-a-number":
      return trans.__("%1 is not a whole number.", error.subject);
    case "variable-name":
      return trans.__("%1 cannot be the name of a variable: use letters, digits and _.", error.subject || "?");
    case "variable-twice":
      return trans.__("The variable %1 is named twice.", error.subject);
  }
}
