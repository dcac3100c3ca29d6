import { BatchPanel } from "./app/batch-panel";
import { offerExamples } from "./app/examples";
import { Form } from "./app/form";
import { Runner } from "./app/runner";
import { installSaving } from "./app/saving";
import { installSharing, sharedInputs } from "./app/sharing";
import { installSnippets } from "./app/snippet-panel";
import type { AppData, Example } from "./app/types";
import { need, pageData } from "./ui/dom";

/** The page of a deployed app: its form, its result, and what can be done with both. */
function start(root: HTMLElement, data: AppData): void {
  const form = new Form(need(root, "[data-app-form]"), data);
  const runner = new Runner(root, form, data);
  const part = (selector: string, install: (box: HTMLElement) => void): void => {
    const box = document.querySelector<HTMLElement>(selector); // the page in another site's frame has the form alone
    if (box) install(box);
  };
  const followers: (() => void)[] = [];
  part("[data-examples]", (box) => offerExamples(box, data, form, runner));
  part("[data-code]", (box) => followers.push(installSnippets(box, form, data)));
  part("[data-share]", (box) => followers.push(installSharing(box, form)));
  part("[data-batch]", (box) => new BatchPanel(box, form, data));
  part("[data-save-example]", (button) => installSaving(button as HTMLButtonElement, data.saving, form));
  form.offer(sharedInputs(location.search)); // what was typed while this came, or before a reload, is newer
  const follow = (): void => {
    for (const one of followers) one();
  };
  form.element.addEventListener("input", follow);
  form.element.addEventListener("reset", () => window.setTimeout(follow));
  follow();
  const [example] = data.method ? data.examples : [];
  if (example) offer(form, example);
}

/** What the author of a module tried it with stands in the form, so that one click shows what it does. */
function offer(form: Form, example: Example): void {
  form.offer(example.values);
  for (const field of form.fields) {
    const sample = Object.hasOwn(example.files, field.name) ? example.files[field.name] : undefined;
    if (sample && field.file) field.file.takeSample(sample).catch(() => undefined); // it is offered beside the field, too
  }
}

const root = document.querySelector<HTMLElement>("[data-app]");
const data = pageData<AppData>("app-data");
if (root && data) start(root, data);
