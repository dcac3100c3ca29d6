import { h } from "@openmo/shared/dom";
import { dialogButton, openDialog } from "./dialog";
import { t } from "./texts";

/** Asks before a form with `data-confirm` is sent. */
export function installConfirm(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.dataset.confirm || form.dataset.confirmed) return;
    event.preventDefault();
    const question = form.dataset.confirm;
    const yes = dialogButton("yes", "btn-danger-quiet", form.dataset.confirmAction ?? t("Yes"));
    const { answer } = openDialog(question, [h("p", { class: "mb-0" }, question)], [dialogButton("no", "btn-plain", t("Cancel")), yes]);
    void answer.then((value) => {
      const present = value === "yes" ? currentForm(form) : null;
      if (!present) return;
      present.dataset.confirmed = "yes";
      present.requestSubmit(); // this listener runs at once
      delete present.dataset.confirmed; // a reader who comes back to this page confirms again
    });
  });
}

/** The form, or what took its place while the question was open: a form that left the page sends nothing. */
function currentForm(form: HTMLFormElement): HTMLFormElement | null {
  if (form.isConnected) return form;
  const action = form.getAttribute("action");
  return [...document.forms].find((each) => each.getAttribute("action") === action) ?? null;
}
