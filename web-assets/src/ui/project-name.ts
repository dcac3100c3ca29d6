import { isEdited } from "./early";

/** The new project's name follows its title until somebody edits the name; the template chooses the kind. */
export function installProjectName(): void {
  const form = document.querySelector<HTMLFormElement>("[data-new-project]");
  if (!form) return;
  const title = form.querySelector<HTMLInputElement>("#title");
  const name = form.querySelector<HTMLInputElement>("#name");
  if (title && name) {
    let own = name.value !== "" && (isEdited(name) || name.value !== nameFromTitle(title.value));
    if (!own) name.value = nameFromTitle(title.value); // a title may have been typed, or put back by the browser, before
    title.addEventListener("input", () => {
      if (!own) name.value = nameFromTitle(title.value);
    });
    name.addEventListener("input", () => (own = name.value !== ""));
  }
  for (const choice of form.querySelectorAll<HTMLInputElement>("input[name=template]")) {
    choice.addEventListener("change", () => {
      const kind = form.querySelector<HTMLInputElement>(`input[name=kind][value="${choice.dataset.kind ?? ""}"]`);
      if (kind) kind.checked = true;
    });
  }
}

/** As the server makes it: the Latin letters and digits; empty (the server then chooses) when there are none. */
export function nameFromTitle(title: string): string {
  const trim = (text: string): string => text.replace(/^[-_]+|[-_]+$/g, "");
  return trim(trim(title.toLowerCase().replace(/[^a-z0-9_]+/g, "-")).slice(0, 63));
}
