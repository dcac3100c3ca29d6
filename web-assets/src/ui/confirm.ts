import { h } from "@openmo/shared/dom";
import { choice, openDialog } from "./dialog";
import { t } from "./texts";

/** Asks before a form with `data-confirm` is sent. */
export function installConfirm(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.dataset.confirm || form.dataset.confirmed) return;
    event.preventDefault();
    const question = form.dataset.confirm;
    const yes = choice("yes", "btn-danger-quiet", form.dataset.confirmAction ?? t("Yes"));
    const { answer } = openDialog(question, [h("p", { class: "mb-0" }, question)], [choice("no", "btn-plain", t("Cancel")), yes]);
    void answer.then((said) => {
      const present = said === "yes" ? stillThere(form) : null;
      if (!present) return;
      present.dataset.confirmed = "yes";
      present.requestSubmit(); // hears of it at once
      delete present.dataset.confirmed; // who comes back to this page is asked again
    });
  });
}

/** The form, or what took its place while the question was open: a form that left the page sends nothing. */
function stillThere(form: HTMLFormElement): HTMLFormElement | null {
  if (form.isConnected) return form;
  const action = form.getAttribute("action");
  return [...document.forms].find((each) => each.getAttribute("action") === action) ?? null;
}
