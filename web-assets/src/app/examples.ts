import { h } from "@openmo/shared/dom";
import { messageOf } from "@openmo/shared/problems";
import { t } from "../ui/texts";
import type { Form } from "./form";
import type { Runner } from "./runner";
import type { AppData, Example } from "./types";

/** The owner's examples: a click fills the form and runs the app. */
export function offerExamples(box: HTMLElement, data: AppData, form: Form, runner: Runner): void {
  const clear = (): void => box.querySelector("[role=alert]")?.remove();
  const report = (error: unknown): void => {
    clear();
    box.append(h("p", { class: "field-error", role: "alert" }, messageOf(error)));
  };
  for (const [at, example] of data.examples.entries()) {
    const name = example.name || t("Example {number}", { number: at + 1 });
    const button = h("button", { type: "button", class: "example" }, thumbnail(example, data), h("span", { class: "example-name" }, name), h("span", { class: "example-about" }, valuesText(example)));
    button.addEventListener("click", () => {
      clear();
      form.fillExample(example).then((whole) => (whole ? runner.run() : undefined), report);
    });
    box.append(button);
  }
}

/** The first picture of an example. */
function thumbnail(example: Example, data: AppData): HTMLElement | null {
  const image = data.inputs.find((one) => one.type === "img" && Object.hasOwn(example.files, one.name));
  const sample = image && example.files[image.name];
  return sample ? h("img", { src: sample.address, alt: "", loading: "lazy" }) : null;
}

function valuesText(example: Example): string {
  const parts = Object.entries(example.values).map(([name, value]) => `${name} ${typeof value === "object" ? "…" : String(value)}`);
  return parts.join(" · ").slice(0, 80);
}
