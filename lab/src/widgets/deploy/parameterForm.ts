import type { TranslationBundle } from "@jupyterlab/translation";

import type { ParameterData } from "../../app";
import { element } from "../../dom";
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

/** The fields of one input or output; `onEdit` hears of every change. */
export function parameterForm(options: IOptions): HTMLFieldSetElement {
  const { name, isInput, trans } = options;
  const texts = textsOf(options.parameter);
  const type = element("select", { className: "jp-mod-styled" });
  type.append(...VALUE_TYPES.map((each) => element("option", { value: each, textContent: each, selected: each === texts.type })));
  const description = input(texts.description);
  const range = input(texts.range, "0-10, >=3, a, b, c");
  const value = input(texts.defaultValue);
  const optional = element("input", { type: "checkbox", checked: texts.optional });
  const legend = element("legend", {}, element("code", { textContent: name }));
  if (options.check) {
    legend.append(element("span", { className: "openmo-Deploy-check", textContent: trans.__("please check") }));
  }
  const rangeRow = row(trans.__("Range"), range);
  const valueRow = row(trans.__("Default"), value);
  const form = element("fieldset", { className: "openmo-Deploy-parameter" }, legend);
  form.append(row(trans.__("Type"), type), row(trans.__("Description"), description));
  if (isInput) {
    form.append(rangeRow, valueRow, element("label", { className: "openmo-mod-inline" }, optional, trans.__("May be left out")));
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
  return element("input", { type: "text", className: "jp-mod-styled", value, placeholder, spellcheck: false });
}

function row(label: string, control: HTMLElement): HTMLLabelElement {
  return element("label", {}, element("span", { textContent: label }), control);
}
