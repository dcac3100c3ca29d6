import { h } from "./dom";
import { t } from "./texts";

/** Asks before a form with `data-confirm` is sent. */
export function installConfirm(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.dataset["confirm"] || form.dataset["confirmed"]) return;
    event.preventDefault();
    void ask(form.dataset["confirm"], form.dataset["confirmAction"] ?? t("Yes")).then((agreed) => {
      if (!agreed) return;
      form.dataset["confirmed"] = "yes";
      form.requestSubmit();
    });
  });
}

function ask(question: string, action: string): Promise<boolean> {
  const dialog = h(
    "dialog",
    { class: "dialog", "aria-label": question },
    h(
      "form",
      { method: "dialog" },
      h("p", { class: "mb-0" }, question),
      h(
        "div",
        { class: "dialog-actions" },
        h("button", { class: "btn btn-plain", value: "no" }, t("Cancel")),
        h("button", { class: "btn btn-danger-quiet", value: "yes" }, action),
      ),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
