import { call } from "./app/call";
import { Field } from "./app/fields";
import { renderAnswer, renderProblem } from "./app/results";
import { snippet, type Language } from "./app/snippets";
import type { AppData, Problem, Value } from "./app/types";
import { short } from "./charts/format";
import { h, need, pageData } from "./ui/dom";
import { segments } from "./ui/segments";
import { language, t } from "./ui/texts";

/** The page of a deployed app: its form, its result, and the call as code. */
class AppPage {
  private readonly fields: Field[];
  private readonly form: HTMLFormElement;
  private readonly result: HTMLElement;
  private readonly duration: HTMLElement;
  private readonly button: HTMLButtonElement;
  private code: Language = "curl";
  private running: AbortController | null = null;

  constructor(
    root: HTMLElement,
    private readonly data: AppData,
  ) {
    this.form = need(root, "[data-app-form]");
    this.result = need(root, "[data-result]");
    this.duration = need(root, "[data-duration]");
    this.button = need(this.form, "[type=submit]");
    this.fields = [...root.querySelectorAll<HTMLElement>("[data-field]")].map((element) => new Field(element));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.run();
    });
    this.form.addEventListener("reset", () => window.setTimeout(() => this.reset()));
    this.form.addEventListener("input", () => this.showCode());
    segments(need(document, "[data-code-tabs]"), (value) => {
      this.code = value as Language;
      this.showCode();
    });
    this.offerExamples(root.querySelector<HTMLElement>("[data-examples]"));
    this.showCode();
  }

  private async run(): Promise<void> {
    const values = this.read(true);
    if (!values) return;
    this.running?.abort();
    const mine = new AbortController();
    this.running = mine;
    this.busy(true);
    try {
      const outcome = await call(this.data, values, mine.signal);
      if (outcome.ok) {
        this.duration.textContent = `${short(outcome.answer.duration_ms, language())} ms`;
        this.result.replaceChildren(renderAnswer(outcome.answer, this.data.outputs));
      } else this.fail(outcome.problem);
    } finally {
      if (this.running === mine) this.busy(false);
    }
  }

  private fail(problem: Problem): void {
    this.duration.textContent = "";
    this.result.replaceChildren(renderProblem(problem));
    let first: Field | undefined;
    for (const error of problem.errors ?? []) {
      const field = this.fields.find((one) => one.name === error.name);
      field?.complain(error.message);
      first ??= field;
    }
    first?.focus();
  }

  /** The values given; with `strict`, null when one is wrong, which is then shown. */
  private read(strict: boolean): Map<string, Value> | null {
    const values = new Map<string, Value>();
    let wrong: Field | undefined;
    for (const field of this.fields) {
      try {
        const value = field.value();
        if (value !== undefined) values.set(field.name, value);
      } catch (error) {
        if (!strict) continue;
        field.complain(error instanceof Error ? error.message : String(error));
        wrong ??= field;
      }
    }
    wrong?.focus();
    return wrong ? null : values;
  }

  private showCode(): void {
    const address = new URL(this.data.run, location.href).href;
    const values = this.read(false) ?? new Map<string, Value>();
    need(document, "#call-code").textContent = snippet(this.code, address, values, this.data.token !== "");
  }

  private reset(): void {
    for (const field of this.fields) field.reset();
    this.duration.textContent = "";
    this.result.replaceChildren(h("div", { class: "result-empty" }, t("The result appears here.")));
    this.showCode();
  }

  private busy(yes: boolean): void {
    this.button.classList.toggle("disabled", yes);
    this.button.setAttribute("aria-disabled", String(yes));
    this.result.setAttribute("aria-busy", String(yes));
  }

  private offerExamples(box: HTMLElement | null): void {
    for (const [index, example] of this.data.examples.entries()) {
      const button = h("button", { type: "button", class: "btn btn-plain btn-sm" }, t("Example {number}", { number: index + 1 }));
      button.addEventListener("click", () => {
        for (const field of this.fields) if (field.name in example) field.set(example[field.name]);
      });
      box?.append(button);
    }
  }
}

const root = document.querySelector<HTMLElement>("[data-app]");
const data = pageData<AppData>("app-data");
if (root && data) new AppPage(root, data);
