import type { TranslationBundle } from "@jupyterlab/translation";
import { closeIcon } from "@jupyterlab/ui-components";
import { h } from "@openmo/shared/dom";

import { button } from "../../buttons";
import type { Variable } from "../../jobForm";

/** Rows of NAME and value that can be added and removed; values of secrets are hidden as they are typed. */
export class VariableRows {
  readonly node: HTMLFieldSetElement;
  private readonly rows = h("div", { class: "openmo-JobForm-rows" });

  constructor(
    legend: string,
    hint: string,
    private readonly options: { readonly secret: boolean; readonly trans: TranslationBundle },
  ) {
    const add = button(options.trans.__("Add"), () => { this.add({ name: "", value: "" }, true); });
    add.setAttribute("aria-label", `${options.trans.__("Add")}: ${legend}`);
    this.node = h(
      "fieldset", { class: "openmo-JobForm-variables" },
      h("legend", {}, legend),
      h("span", { class: "openmo-JobForm-hint" }, hint),
      this.rows,
      add,
    );
  }

  get values(): Variable[] {
    return Array.from(this.rows.children, (row) => {
      const [name, value] = Array.from(row.querySelectorAll("input"));
      return { name: name?.value ?? "", value: value?.value ?? "" };
    });
  }

  add(variable: Variable, focus = false): void {
    const { secret, trans } = this.options;
    const name = h("input", { class: "jp-mod-styled", value: variable.name, placeholder: "NAME", spellcheck: "false" });
    const value = h("input", { class: "jp-mod-styled", value: variable.value, placeholder: trans.__("value"), spellcheck: "false" });
    name.autocomplete = "off";
    value.autocomplete = secret ? "new-password" : "off"; // a browser must not offer to keep it
    value.type = secret ? "password" : "text";
    name.setAttribute("aria-label", trans.__("Name of the variable"));
    value.setAttribute("aria-label", trans.__("Value of the variable"));
    const remove = h("button", { type: "button", class: "openmo-IconButton" }, closeIcon.element({ tag: "span" }));
    const row = h("div", { class: "openmo-JobForm-row" }, name, value, remove);
    remove.title = trans.__("Remove");
    remove.setAttribute("aria-label", trans.__("Remove"));
    remove.addEventListener("click", () => {
      row.remove();
      this.node.querySelector<HTMLButtonElement>(":scope > button")?.focus();
    });
    this.rows.append(row);
    if (focus) {
      name.focus();
    }
  }
}
