import { h } from "@openmo/shared/dom";
import { short } from "../charts/format";
import { need } from "../ui/dom";
import { language, t } from "../ui/texts";
import { call } from "./call";
import type { Form } from "./form";
import { explain, printed, renderProblem } from "./problems";
import { ResultView, announcement } from "./results";
import type { AppData, Problem } from "./types";

const CLOCK_DELAY_MS = 400; // shorter calls show no clock

/** Runs the app with the form's inputs: one call at a time, shown as it goes on, stopped by a button. */
export class Runner {
  private readonly result: HTMLElement;
  private readonly duration: HTMLElement;
  private readonly status: HTMLElement;
  private readonly button: HTMLButtonElement;
  private readonly stop: HTMLButtonElement;
  private running: AbortController | null = null;

  constructor(
    root: HTMLElement,
    private readonly form: Form,
    private readonly data: AppData,
  ) {
    this.result = need(root, "[data-result]");
    this.duration = need(root, "[data-duration]");
    this.status = need(root, "[data-status]");
    this.button = need(form.element, "[type=submit]");
    this.stop = need(form.element, "[data-stop]");
    this.stop.addEventListener("click", () => this.running?.abort());
    form.element.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.run();
    });
    form.element.addEventListener("reset", () => this.clear());
  }

  /** One call; a call that still runs is stopped first. */
  async run(): Promise<void> {
    const values = this.form.check();
    if (!values) return;
    this.running?.abort();
    const controller = new AbortController();
    this.running = controller;
    const clock = this.begin();
    const view = new ResultView(this.data.outputs);
    const show = (output: Record<string, unknown>): void => {
      if (this.running !== controller) return;
      view.update(output);
      if (!view.element.isConnected) this.result.replaceChildren(view.element);
    };
    try {
      const outcome = await call(this.data, values, controller.signal, show);
      if (this.running !== controller) return;
      if (outcome.ok) {
        view.learn(outcome.answer.types ?? {});
        show(outcome.answer.output);
        if (outcome.answer.log?.trim()) this.result.append(h("div", { class: "result-item" }, printed(outcome.answer.log)));
        this.finish(outcome.answer.duration_ms, outcome.answer.output);
      } else this.fail(outcome.problem);
    } catch (error) {
      if (!controller.signal.aborted) throw error;
      if (this.running === controller) this.stopped(view.element.isConnected);
    } finally {
      clearInterval(clock);
      if (this.running === controller) this.end();
    }
  }

  private begin(): number {
    const started = performance.now();
    this.setBusy(true);
    this.status.textContent = this.data.method ? t("The method is running.") : t("The app is running.");
    this.duration.textContent = "";
    return window.setInterval(() => {
      const seconds = (performance.now() - started) / 1000;
      if (seconds * 1000 >= CLOCK_DELAY_MS) this.duration.textContent = t("Running for {seconds} s", { seconds: seconds.toFixed(seconds < 10 ? 1 : 0) });
    }, 100);
  }

  private finish(milliseconds: number, output: Record<string, unknown>): void {
    const took = duration(milliseconds);
    this.duration.textContent = took;
    const done = t("Done in {duration}.", { duration: took });
    this.status.textContent = `${done} ${announcement(output)}`;
    if (this.result.getBoundingClientRect().top > window.innerHeight) this.result.scrollIntoView({ block: "center" });
  }

  private fail(problem: Problem): void {
    this.duration.textContent = "";
    this.result.replaceChildren(renderProblem(problem, () => void this.run()));
    const { title, text } = explain(problem);
    this.status.textContent = `${title} ${text}`;
    if (!this.form.showErrors(problem.errors ?? []) && problem.status === 422) {
      this.result.querySelector(".notice p")?.replaceChildren(problem.detail ?? "");
    }
  }

  private stopped(partly: boolean): void {
    this.duration.textContent = t("Stopped");
    this.status.textContent = t("The call was stopped.");
    if (!partly) this.empty(t("The call was stopped."));
  }

  private end(): void {
    this.running = null;
    this.setBusy(false);
  }

  private clear(): void {
    this.running?.abort();
    this.duration.textContent = "";
    this.status.textContent = "";
    this.empty(t("The result appears here."));
  }

  private empty(text: string): void {
    this.result.replaceChildren(h("div", { class: "result-empty" }, h("p", { class: "mb-0" }, text)));
  }

  private setBusy(busy: boolean): void {
    const [hidden, shown] = busy ? [this.button, this.stop] : [this.stop, this.button];
    shown.hidden = false;
    if (document.activeElement === hidden) shown.focus({ preventScroll: true });
    hidden.hidden = true;
    this.result.setAttribute("aria-busy", String(busy));
    this.result.classList.toggle("working", busy);
  }
}

/** A time as people say it. */
export function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${short(milliseconds, language())} ms` : `${short(milliseconds / 1000, language())} s`;
}
