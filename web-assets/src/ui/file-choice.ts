import { sizeText } from "./sizes";
import { t } from "./texts";

/** How large the ticked files are together. */
export function installFileChoice(): void {
  const list = document.querySelector("[data-file-choice]");
  const total = document.querySelector("[data-file-total]");
  if (!list || !total) return;
  const show = (): void => {
    const ticked = [...list.querySelectorAll<HTMLInputElement>("input:checked")];
    const bytes = ticked.reduce((sum, box) => sum + Number(box.dataset.bytes), 0);
    total.textContent = t("Together: {size}", { size: sizeText(bytes) });
  };
  list.addEventListener("change", show);
  show();
}
