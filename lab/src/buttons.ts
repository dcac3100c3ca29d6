/** Buttons in JupyterLab's style. */
import { ToolbarButton } from "@jupyterlab/ui-components";
import { h } from "@openmo/shared/dom";

/** A toolbar's button that does something: JupyterLab's own is a switch, and says "pressed" from its first click on. */
export class ActionButton extends ToolbarButton {
  override get pressed(): boolean {
    return undefined as never; // neither true nor false: it has no such state
  }

  override set pressed(_value: boolean) {
    // a click changes nothing about the button
  }
}

/** A button that looks like a link, for what stands inside a sentence. */
export function linkButton(label: string, onClick: () => void): HTMLButtonElement {
  const node = h("button", { type: "button", class: "openmo-Deploy-link-button" }, label);
  node.addEventListener("click", onClick);
  return node;
}

/** A button in JupyterLab's own style; `primary` marks the usual next step. */
export function button(label: string, onClick: () => void, options: { primary?: boolean } = {}): HTMLButtonElement {
  const node = h("button", { type: "button", class: "openmo-Button jp-mod-styled" }, label);
  setPrimary(node, options.primary === true);
  node.addEventListener("click", onClick);
  return node;
}

/** Whether this is the usual next step. */
export function setPrimary(button: HTMLButtonElement, isPrimary: boolean): void {
  button.classList.toggle("jp-mod-accept", isPrimary);
  button.classList.toggle("jp-mod-reject", !isPrimary);
}
