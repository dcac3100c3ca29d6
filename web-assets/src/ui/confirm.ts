import { choice, openDialog } from "./dialog";
import { h } from "./dom";
import { t } from "./texts";

/** Asks before a form with `data-confirm` is sent. */
export function installConfirm(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.dataset["confirm"] || form.dataset["confirmed"]) return;
    event.preventDefault();
    const question = form.dataset["confirm"];
    const yes = choice("yes", "btn-danger-quiet", form.dataset["confirmAction"] ?? t("Yes"));
    const { answer } = openDialog(question, [h("p", { class: "mb-0" }, question)], [choice("no", "btn-plain", t("Cancel")), yes]);
    void answer.then((said) => {
      if (said !== "yes") return;
      form.dataset["confirmed"] = "yes";
      form.requestSubmit();
    });
  });
}
