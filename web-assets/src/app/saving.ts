import { h } from "@openmo/shared/dom";
import { platformError } from "@openmo/shared/problems";
import { toast } from "../live/toasts";
import { dialogButton, openDialog } from "../ui/dialog";
import { post } from "../ui/post";
import { t } from "../ui/texts";
import type { Form } from "./form";
import type { Values } from "./types";

/** The owner's button that keeps the form's inputs as an example of the app. */
export function installSaving(button: HTMLButtonElement, address: string, form: Form): void {
  button.addEventListener("click", () => {
    const values = form.check();
    if (values) void keep(address, values);
  });
}

/** Asks for a name until the example is saved, or the owner gives up. */
async function keep(address: string, values: Values): Promise<void> {
  let name: string | null = "";
  for (let problem = ""; (name = await askForName(name, problem)) !== null; ) {
    problem = await save(address, name, values);
    if (problem) continue;
    document.body.dispatchEvent(new CustomEvent("openmo-examples"));
    toast({ icon: "succeeded", title: t("The example is saved.") });
    return;
  }
}

/** What is wrong; empty when it is saved. */
async function save(address: string, name: string, values: Values): Promise<string> {
  const body = new FormData();
  const plain: Record<string, unknown> = {};
  for (const [key, value] of values) {
    if (value instanceof File) body.append(`file:${key}`, value, value.name);
    else plain[key] = value;
  }
  body.append("name", name);
  body.append("values", JSON.stringify(plain));
  try {
    const answer = await post(address, body);
    if (answer.ok) return "";
    if (answer.status === 413) return t("The files of an example may have 2 MB together.");
    return platformError(answer.status, answer.statusText, await answer.text()).message;
  } catch {
    return t("The server cannot be reached. Check your connection, then try again.");
  }
}

/** The name; null when the owner does without. */
async function askForName(name: string, problem: string): Promise<string | null> {
  const input = h("input", { class: "form-control", id: "example-name", maxlength: "80", autocomplete: "off", value: name });
  const title = t("Save these inputs as an example");
  const opened = openDialog(
    title,
    [
      h("h2", {}, title),
      h("label", { class: "form-label", for: "example-name" }, t("Its name")),
      input,
      problem ? h("p", { class: "field-error", role: "alert" }, problem) : null,
      h("p", { class: "hint" }, t("It is kept in the project and shown to others with the next release.")),
    ],
    [dialogButton("no", "btn-plain", t("Cancel")), dialogButton("yes", "btn-primary", t("Save"))],
  );
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault(); // the first button of a form is its default, and that one cancels
    opened.close("yes");
  });
  input.focus();
  return (await opened.answer) === "yes" ? input.value.trim() : null;
}
