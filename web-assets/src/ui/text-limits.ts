import { h } from "@openmo/shared/dom";
import { t } from "./texts";

/** A field that cuts what is typed says so, as soon as it is full. */
export function installTextLimits(): void {
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) || field.maxLength < 1) return;
    const present = field.parentElement?.querySelector(":scope > [data-text-limit]");
    const isFull = field.value.length >= field.maxLength;
    if (isFull && !present) {
      const text = t("That is all it holds: {count} characters.", { count: field.maxLength });
      field.after(h("p", { class: "hint", role: "status", "data-text-limit": true }, text));
    } else if (!isFull) {
      present?.remove();
    }
  });
}
