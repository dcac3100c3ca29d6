import { h } from "@openmo/shared/dom";
import { icon } from "./dom";
import { t } from "./texts";

/** Buttons with `data-copy` put the text of that element, or the value of that control, on the clipboard. */
export function installCopy(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("[data-copy]");
    const source = button && document.querySelector(button.dataset.copy ?? "");
    if (!button || !source) return;
    const text = source instanceof HTMLInputElement || source instanceof HTMLTextAreaElement ? source.value : source.textContent;
    void copy(text, button);
  });
}

/** A button that copies what `text` gives for its box. */
export function copyButton(text: (box: HTMLElement) => string): HTMLButtonElement {
  const button = h("button", { type: "button", class: "btn btn-quiet btn-sm copy" }, icon("copy"), h("span", {}, t("Copy")));
  button.addEventListener("click", () => void copy(text(button.parentElement ?? button), button));
  return button;
}

/** Labels that say what came of a click, until they are themselves again. */
const showingOutcome = new WeakSet<Node>();

async function copy(text: string, button: HTMLButtonElement): Promise<void> {
  const label = button.lastChild;
  if (!label || showingOutcome.has(label)) return;
  showingOutcome.add(label);
  const before = label.textContent;
  label.textContent = (await toClipboard(text)) ? t("Copied") : t("Select it and press Ctrl+C");
  setTimeout(() => {
    label.textContent = before;
    showingOutcome.delete(label);
  }, 1500);
}

/** Also where the browser gives pages no clipboard: over plain http. */
async function toClipboard(text: string): Promise<boolean> {
  if ("clipboard" in navigator) return navigator.clipboard.writeText(text).then(() => true, () => false);
  const box = h("textarea", { class: "visually-hidden", readonly: true }, text);
  document.body.append(box);
  box.select();
  const done = document.execCommand("copy"); // eslint-disable-line @typescript-eslint/no-deprecated -- nothing else copies over plain http
  box.remove();
  return done;
}
