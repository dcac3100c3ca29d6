import type { TranslationBundle } from "@jupyterlab/translation";
import { h } from "@openmo/shared/dom";

import type { ParameterData } from "../../app";
import { type ParameterTexts, VALUE_TYPES, mayHaveDefault, mayHaveRange, textsOf } from "../../specForm";

interface IOptions {
  readonly name: string;
  readonly parameter: ParameterData;
  readonly isInput: boolean;
  /** Whether its type was guessed. */
  readonly check: boolean;
  readonly trans: TranslationBundle;
  readonly onEdit: (texts: ParameterTexts) => void;
}

/** The fields of one input or output; `onEdit` is called at every change. */
export function parameterForm(options: IOptions): HTMLFieldSetElement {
  const { name, isInput, trans } = options;
  const texts = textsOf(options.parameter);
  const type = h("select", { class: "jp-mod-styled" });
  type.append(...VALUE_TYPES.map((each) => h("option", { value: each, selected: each === texts.type }, each)));
  const description = input(texts.description);
  const range = input(texts.range, "0-10, >=3, a, b, c");
  const value = input(texts.defaultValue);
  const optional = h("input", { type: "checkbox", checked: texts.optional });
  const legend = h("legend", {}, h("code", {}, name));
  if (options.check) {
    legend.append(h("span", { class: "openmo-Deploy-check" }, trans.__("please check")));
  }
  const rangeRow = row(trans.__("Range"), range);
  const valueRow = row(trans.__("Default"), value);
  const form = h("fieldset", { class: "openmo-Deploy-parameter" }, legend);
  form.append(row(trans.__("Type"), type), row(trans.__("Description"), description));
  if (isInput) {
    form.append(rangeRow, valueRow, h("label", { class: "openmo-mod-inline" }, optional, trans.__("May be left out")));
  }
  const update = (): void => {
    rangeRow.hidden = !mayHaveRange(type.value);
    valueRow.hidden = !mayHaveDefault(type.value);
  };
  form.addEventListener("input", () => {
    update();
    options.onEdit({
      type: type.value,
      range: range.value,
      defaultValue: value.value,
      description: description.value,
      optional: optional.checked,
    });
  });
  update();
  return form;
}

function input(value: string, placeholder = ""): HTMLInputElement {
  return h("input", { type: "text", class: "jp-mod-styled", value, placeholder, spellcheck: "false" });
}

function row(label: string, control: HTMLElement): HTMLLabelElement {
  return h("label", {}, h("span", {}, label), control);
}
