import { DOMUtils } from "@jupyterlab/apputils";
import type { TranslationBundle } from "@jupyterlab/translation";
import { h } from "@openmo/shared/dom";
import { PlatformError } from "@openmo/shared/problems";
import type { ParameterData } from "@openmo/shared/rest-api";

import { boundsOf, choicesOf, controlOf, initialText, isRequired, valuesOf } from "../../modules/form";
import { factsText } from "./wording";

type Field = HTMLInputElement | HTMLSelectElement;

/** The fields of a method's parameters, each with what is wrong with it. */
export class ParameterFields {
  readonly nodes: readonly HTMLElement[];
  private readonly fields = new Map<string, Field>();
  private readonly errors = new Map<string, HTMLElement>();

  constructor(
    private readonly parameters: readonly ParameterData[],
    private readonly trans: TranslationBundle,
  ) {
    const nothing = h("p", { class: "openmo-Module-hint" }, trans.__("It takes no parameters."));
    const rows = parameters.map((parameter) => this.row(parameter));
    this.nodes = rows.length > 0 ? rows : [nothing];
  }

  /** What was changed, as typed. */
  get values(): Record<string, string> {
    return valuesOf(this.parameters, new Map([...this.fields].map(([name, field]) => [name, field.value])));
  }

  /** Says at each field what the platform found wrong with it; the first one gets the focus. */
  showErrors(reason: unknown): void {
    const found = fieldErrors(reason);
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

  /** Whether `showErrors` says at the fields all that the platform says. */
  tellsAll(reason: unknown): boolean {
    const found = fieldErrors(reason);
    return found.length > 0 && found.every((each) => this.errors.has(each.name));
  }

  private row(parameter: ParameterData): HTMLElement {
    const { trans } = this;
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
      return text(value, trans.__("path in project"));
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
