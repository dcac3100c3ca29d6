import { h } from "../ui/dom";
import { t } from "../ui/texts";
import type { Form } from "./form";

/** The owner's button that keeps the form's inputs as an example of the app. */
export function installSaving(button: HTMLButtonElement, address: string, form: Form): void {
  button.addEventListener("click", () => {
    const values = form.check();
    if (!values) return;
    void askForName().then(async (name) => {
      if (name === null) return;
      const body = new FormData();
      const plain: Record<string, unknown> = {};
      for (const [key, value] of values) {
        if (value instanceof File) body.append(`file:${key}`, value, value.name);
        else plain[key] = value;
      }
      body.append("name", name);
      body.append("values", JSON.stringify(plain));
      const csrf = document.querySelector<HTMLMetaElement>("meta[name=csrf-token]")?.content ?? "";
      const answer = await fetch(address, { method: "POST", headers: { "X-CSRF-Token": csrf, Accept: "application/json" }, body });
      if (answer.ok) {
        location.hash = "examples";
        location.reload();
        return;
      }
      const problem = (await answer.json().catch(() => ({}))) as { detail?: string };
      const text = answer.status === 413 ? t("The files of an example may have 2 MB together.") : (problem.detail ?? answer.statusText);
      await tell(text);
    });
  });
}

function askForName(): Promise<string | null> {
  const input = h("input", { class: "form-control", id: "example-name", maxlength: "80", autocomplete: "off" });
  const dialog = h(
    "dialog",
    { class: "dialog", "aria-labelledby": "example-title" },
    h(
      "form",
      { method: "dialog" },
      h("h2", { id: "example-title" }, t("Save these inputs as an example")),
      h("label", { class: "form-label", for: "example-name" }, t("Its name")),
      input,
      h("p", { class: "hint" }, t("It is kept in the project and shown to others with the next release.")),
      h(
        "div",
        { class: "dialog-actions" },
        h("button", { class: "btn btn-plain", value: "no", type: "submit", formnovalidate: true }, t("Cancel")),
        h("button", { class: "btn btn-primary", value: "yes" }, t("Save")),
      ),
    ),
  );
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault(); // the first button of a form is its default, and that one cancels
    dialog.close("yes");
  });
  return opened(dialog).then((answer) => (answer === "yes" ? input.value.trim() : null));
}

async function tell(text: string): Promise<void> {
  const close = h("div", { class: "dialog-actions" }, h("button", { class: "btn btn-primary", value: "ok" }, t("Close")));
  await opened(h("dialog", { class: "dialog", "aria-label": text }, h("form", { method: "dialog" }, h("p", { class: "mb-0" }, text), close)));
}

function opened(dialog: HTMLDialogElement): Promise<string> {
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue);
    });
  });
}
