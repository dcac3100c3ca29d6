import { DOMUtils } from "@jupyterlab/apputils";
import type { TranslationBundle } from "@jupyterlab/translation";
import { h } from "@openmo/shared/dom";
import { messageOf, PlatformError } from "@openmo/shared/problems";
import type { ModuleMethodView, ParameterData } from "@openmo/shared/rest-api";

import { button, linkButton } from "../../buttons";
import { boundsOf, choicesOf, controlOf, initialText, isRequired, valuesOf } from "../../modules/form";
import type { Job } from "../../jobs";
import { factsText, jobButtonText, methodText } from "./wording";

interface IOptions {
  readonly method: ModuleMethodView;
  readonly trans: TranslationBundle;
  /** Puts a call with these values into the notebook; resolves to the notebook's name. */
  readonly insert: (method: string, values: Record<string, string>) => Promise<string>;
  readonly showNotebook: () => void;
  /** Runs a call with these values as a job and opens its log; resolves to the job. */
  readonly submit: (method: string, values: Record<string, string>) => Promise<Job>;
  readonly openJob: (job: Job) => void;
}

type Field = HTMLInputElement | HTMLSelectElement;

/** One method of a module: a field for each parameter, what it returns, and the button that inserts the call. */
export class MethodForm {
  readonly node: HTMLElement;
  private readonly fields = new Map<string, Field>();
  private readonly errors = new Map<string, HTMLElement>();
  private readonly status = h("div", { class: "openmo-Module-status", role: "status" });
  private readonly buttons: readonly HTMLButtonElement[];

  constructor(private readonly options: IOptions) {
    const { method, trans } = options;
    const title = methodText(method.name, trans);
    const heading = h("h3", { id: DOMUtils.createDomID() }, title);
    const insert = button(trans.__("Insert code"), () => void this.insert(), { primary: true });
    insert.setAttribute("aria-label", trans.__("Insert code: %1", title));
    const submit = button(jobButtonText(method.name, trans), () => void this.submit());
    submit.title = trans.__("Write a script with this call and run it in the background");
    this.buttons = [submit, insert];
    const inputs = method.inputs.map((parameter) => this.row(parameter));
    const nothing = h("p", { class: "openmo-Module-hint" }, trans.__("It takes no parameters."));
    this.node = h(
      "section", { class: "openmo-Module-method", "aria-labelledby": heading.id },
      h("div", { class: "openmo-Module-method-head" }, heading, h("div", { class: "openmo-Module-buttons" }, ...this.buttons)),
      this.status,
      ...(inputs.length > 0 ? inputs : [nothing]),
      ...this.returns(),
    );
  }

  private get values(): Record<string, string> {
    return valuesOf(this.options.method.inputs, new Map([...this.fields].map(([name, field]) => [name, field.value])));
  }

  private insert(): Promise<void> {
    const { trans, method, insert, showNotebook } = this.options;
    return this.attempt(trans.__("Inserting…"), async () => {
      const notebook = await insert(method.name, this.values);
      return [trans.__("Inserted into %1.", notebook), " ", linkButton(trans.__("Show the notebook"), showNotebook)];
    });
  }

  private submit(): Promise<void> {
    const { trans, method, submit, openJob } = this.options;
    return this.attempt(trans.__("Creating the job…"), async () => {
      const job = await submit(method.name, this.values);
      return [trans.__("Job %1 is created.", job.name), " ", linkButton(trans.__("Open log"), () => { openJob(job); })];
    });
  }

  /** Says what is done meanwhile, and then what came of it, or what is wrong at which field. */
  private async attempt(meanwhile: string, act: () => Promise<readonly (Node | string)[]>): Promise<void> {
    this.showErrors([]);
    this.setBusy(true);
    this.status.replaceChildren(h("progress", {}), meanwhile);
    try {
      this.status.replaceChildren(...(await act()));
    } catch (reason) {
      const alert = h("p", { class: "openmo-Module-error", role: "alert" }, messageOf(reason));
      this.status.replaceChildren(alert);
      this.showErrors(fieldErrors(reason));
    } finally {
      this.setBusy(false);
    }
  }

  private setBusy(isBusy: boolean): void {
    for (const each of this.buttons) {
      each.disabled = isBusy;
    }
  }

  /** Says at each field what is wrong with it; the first one gets the focus. */
  private showErrors(found: readonly FieldError[]): void {
    for (const [name, note] of this.errors) {
      const error = found.find((each) => each.name === name);
      note.textContent = error?.message ?? "";
      note.hidden = error === undefined;
      this.fields.get(name)?.setAttribute("aria-invalid", String(error !== undefined));
    }
    const [first] = found;
    if (first !== undefined) {
      this.fields.get(first.name)?.focus();
    }
  }

  private row(parameter: ParameterData): HTMLElement {
    const { trans } = this.options;
    const name = parameter.name ?? "";
    const field = fieldOf(parameter, trans);
    const facts = h("span", { class: "openmo-Module-facts" }, factsText(parameter, isRequired(parameter), trans));
    const note = h("p", { id: DOMUtils.createDomID(), class: "openmo-Module-hint" }, parameter.description ?? "");
    const error = h("p", { id: DOMUtils.createDomID(), class: "openmo-Module-error", hidden: true });
    field.id = DOMUtils.createDomID();
    field.setAttribute("aria-describedby", `${note.id} ${error.id}`);
    this.fields.set(name, field);
    this.errors.set(name, error);
    const label = h("label", { for: field.id }, h("code", {}, name));
    return h("div", { class: "openmo-Module-parameter" }, h("div", {}, label, facts), field, note, error);
  }

  private returns(): HTMLElement[] {
    const { method, trans } = this.options;
    if (method.outputs.length === 0) {
      return [];
    }
    const items = method.outputs.flatMap((output) => [
      h("dt", {}, h("code", {}, output.name ?? ""), " ", h("span", { class: "openmo-Module-facts" }, factsText(output, false, trans))),
      h("dd", {}, output.description ?? ""),
    ]);
    return [h("h4", {}, trans.__("Returns")), h("dl", { class: "openmo-Module-returns" }, ...items)];
  }
}

interface FieldError {
  readonly name: string;
  readonly message: string;
}

function fieldErrors(reason: unknown): FieldError[] {
  const errors = reason instanceof PlatformError ? reason.fields.errors : undefined;
  return Array.isArray(errors) ? (errors as FieldError[]) : [];
}

function fieldOf(parameter: ParameterData, trans: TranslationBundle): Field {
  const value = initialText(parameter);
  switch (controlOf(parameter)) {
    case "choice":
      return select(value, choicesOf(parameter));
    case "switch":
      return select(value, ["true", "false"]);
    case "number":
      return number(parameter, value);
    case "date":
      return text(value, "2026-01-31");
    case "path":
      return text(value, trans.__("path of a file in this project"));
    case "list":
      return text(value, "1, 2, 3");
    case "text":
      return text(value, "");
  }
}

function number(parameter: ParameterData, value: string): HTMLInputElement {
  const input = h("input", { type: "number", class: "jp-mod-styled", value, step: parameter.value_type === "int" ? "1" : "any" });
  const bounds = boundsOf(parameter);
  if (bounds !== null) {
    [input.min, input.max] = bounds;
  }
  return input;
}

function text(value: string, placeholder: string): HTMLInputElement {
  return h("input", { type: "text", class: "jp-mod-styled", value, placeholder, spellcheck: "false", autocomplete: "off" });
}

function select(value: string, choices: readonly string[]): HTMLSelectElement {
  const node = h("select", { class: "jp-mod-styled" });
  const offered = choices.includes(value) ? choices : ["", ...choices];
  node.append(...offered.map((each) => h("option", { value: each, selected: each === value }, each)));
  return node;
}
