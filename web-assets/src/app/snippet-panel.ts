import { need } from "../ui/dom";
import { segments } from "../ui/segments";
import type { Form } from "./form";
import { snippet, type Language } from "./snippets";
import type { AppData } from "./types";

/** The call as code, which follows the form. */
export function installSnippets(root: HTMLElement, form: Form, data: AppData): () => void {
  const address = new URL(data.run, location.href).href;
  const code = need<HTMLElement>(root, "#call-code");
  let language: Language = "curl";
  const show = (): void => {
    code.textContent = snippet(language, address, form.values(), data);
  };
  segments(need(root, "[data-code-tabs]"), (value) => {
    language = value as Language;
    show();
  });
  return show;
}
