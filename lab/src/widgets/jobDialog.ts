import { Dialog, DOMUtils, showDialog } from "@jupyterlab/apputils";
import type { TranslationBundle } from "@jupyterlab/translation";
import { Widget } from "@lumino/widgets";

import type { CreateJobRequest } from "../api";
import { ArgumentsError, splitArguments } from "../arguments";
import { element } from "../dom";
import type { Job } from "../jobs";
import { PlatformError } from "../problem";

/** What the user typed, kept while the dialog comes back with an error. */
interface JobDraft {
  readonly name: string;
  readonly args: string;
}

/**
 * Asks for a job's name and arguments and creates it; null when the user cancels.
 * A refusal is shown in the dialog, with everything typed still there.
 */
export async function askForJob(
  script: string,
  create: (request: CreateJobRequest) => Promise<Job>,
  trans: TranslationBundle,
): Promise<Job | null> {
  let draft: JobDraft = { name: "", args: "" };
  let error = "";
  for (;;) {
    const result = await showDialog<JobDraft>({
      title: trans.__("Create Job"),
      body: new JobForm(script, draft, error, trans),
      buttons: [Dialog.cancelButton({ label: trans.__("Cancel") }), Dialog.okButton({ label: trans.__("Create") })],
      focusNodeSelector: "input",
    });
    if (!result.button.accept || result.value === null) {
      return null;
    }
    draft = result.value;
    try {
      return await create({ script, name: draft.name.trim(), args: splitArguments(draft.args), device: "cpu" });
    } catch (reason) {
      error = refusal(reason, trans);
    }
  }
}

/** The sentence for an error that the user can mend in the dialog; others are thrown on. */
function refusal(reason: unknown, trans: TranslationBundle): string {
  if (reason instanceof ArgumentsError) {
    return reason.reason === "open-quote"
      ? trans.__("The arguments have a quote that is not closed.")
      : trans.__("The arguments end in a backslash.");
  }
  if (reason instanceof PlatformError) {
    return reason.message;
  }
  throw reason;
}

class JobForm extends Widget implements Dialog.IBodyWidget<JobDraft> {
  private readonly name: HTMLInputElement;
  private readonly args: HTMLInputElement;

  constructor(script: string, draft: JobDraft, error: string, trans: TranslationBundle) {
    super();
    this.addClass("openmo-JobForm");
    if (error !== "") {
      this.node.append(element("p", { className: "openmo-JobForm-error", role: "alert", textContent: error }));
    }
    this.name = textInput(draft.name, trans.__("made from the script's name"));
    this.args = textInput(draft.args, "--epochs 10");
    this.args.classList.add("openmo-JobForm-code");
    this.node.append(
      element("div", { className: "openmo-JobForm-script" }, trans.__("Script"), element("code", { textContent: script })),
      field(trans.__("Name (optional)"), this.name),
      field(trans.__("Arguments (optional)"), this.args, trans.__("Given to the script as on a command line.")),
      field(trans.__("Device"), deviceSelect(trans)),
    );
  }

  getValue(): JobDraft {
    return { name: this.name.value, args: this.args.value };
  }
}

function textInput(value: string, placeholder: string): HTMLInputElement {
  return element("input", { type: "text", className: "jp-mod-styled", value, placeholder, spellcheck: false });
}

function deviceSelect(trans: TranslationBundle): HTMLSelectElement {
  return element("select", { className: "jp-mod-styled" }, element("option", { value: "cpu", textContent: trans.__("CPU") }));
}

function field(label: string, control: HTMLElement, hint = ""): HTMLLabelElement {
  const row = element("label", {}, label, control);
  if (hint !== "") {
    const note = element("span", { id: DOMUtils.createDomID(), className: "openmo-JobForm-hint", textContent: hint });
    control.setAttribute("aria-describedby", note.id);
    row.append(note);
  }
  return row;
}
