import { h } from "@openmo/shared/dom";

/** A dialog that is open. */
export interface OpenDialog {
  /** Closes it as the button of that value does. */
  close(value: string): void;
  /** The value of the button that closed it; empty when none did. */
  answer: Promise<string>;
}

/** Shows these parts above buttons of a dialog; it is gone once it is answered. */
export function openDialog(label: string, parts: (Node | null)[], buttons: HTMLButtonElement[]): OpenDialog {
  const form = h("form", { method: "dialog" }, ...parts, h("div", { class: "dialog-actions" }, ...buttons));
  const dialog = h("dialog", { class: "dialog", "aria-label": label }, form);
  document.body.append(dialog);
  dialog.showModal();
  const answer = new Promise<string>((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue);
    });
  });
  return { close: (value) => dialog.close(value), answer };
}

/** A button that closes a dialog with that value. */
export function dialogButton(value: string, kind: string, ...text: (Node | string)[]): HTMLButtonElement {
  return h("button", { class: `btn ${kind}`, value }, ...text);
}
