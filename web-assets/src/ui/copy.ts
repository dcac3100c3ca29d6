import { t } from "./texts";

/** Buttons with `data-copy` put the text of that element on the clipboard. */
export function installCopy(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("[data-copy]");
    const source = button && document.querySelector(button.dataset["copy"] ?? "");
    const label = button?.lastChild;
    if (!source || !label) return;
    void navigator.clipboard.writeText(source.textContent ?? "").then(() => {
      const before = label.textContent;
      label.textContent = t("Copied");
      setTimeout(() => (label.textContent = before), 1500);
    });
  });
}
