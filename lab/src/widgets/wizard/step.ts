/** What the steps of the panels share that lead from a notebook to an app, or to a module. */
import type { TranslationBundle } from "@jupyterlab/translation";
import { Widget } from "@lumino/widgets";
import { h } from "@openmo/shared/dom";
import { messageOf } from "@openmo/shared/problems";

import { button } from "../../buttons";

/** What a step needs of its panel, whatever it decides. */
export interface IWizard<Step extends string> {
  readonly trans: TranslationBundle;
  go(step: Step): void;
}

/** One step: a heading, what is to decide, and buttons. */
export abstract class StepWidget<Step extends string, Context extends IWizard<Step>> extends Widget {
  protected readonly body = h("div", { class: "openmo-Deploy-body" });
  private readonly buttons = h("div", { class: "openmo-Deploy-buttons" });
  private readonly status = h("div", { class: "openmo-Deploy-status" });
  private readonly heading: HTMLHeadingElement;
  private pressed: Element | null = null;

  constructor(
    protected readonly context: Context,
    title: string,
  ) {
    super();
    this.addClass("openmo-Deploy-step");
    this.heading = h("h3", { tabindex: "-1" }, title);
    this.status.setAttribute("role", "status");
    this.node.append(this.heading, this.body, this.status, this.buttons);
  }

  /** The keyboard and screen readers start at the top of a new step. */
  focusHeading(): void {
    this.heading.focus({ preventScroll: true });
  }

  protected get trans(): TranslationBundle {
    return this.context.trans;
  }

  protected setButtons(...buttons: HTMLElement[]): void {
    this.buttons.replaceChildren(...buttons);
  }

  protected backButton(step: Step): HTMLButtonElement {
    return button(this.trans.__("Back"), () => { this.context.go(step); });
  }

  /** Runs `work` with the buttons off and `doing` shown; what it throws is shown in its place. */
  protected async run(doing: string, work: () => Promise<void>): Promise<void> {
    this.setBusy(true);
    this.showProgress(doing);
    try {
      await work();
      this.status.replaceChildren();
    } catch (reason) {
      this.showError(reason);
    } finally {
      this.setBusy(false);
    }
  }

  /** What is being done now, of work that has begun. */
  protected showProgress(doing: string): void {
    this.status.replaceChildren(h("progress", {}), h("span", {}, doing));
  }

  protected showError(reason: unknown): void {
    const note = h("p", { class: "openmo-Deploy-error" }, messageOf(reason));
    note.setAttribute("role", "alert");
    this.status.replaceChildren(note);
  }

  protected clearError(): void {
    this.status.replaceChildren();
  }

  private setBusy(busy: boolean): void {
    this.node.setAttribute("aria-busy", String(busy));
    if (busy) {
      this.pressed = this.node.contains(document.activeElement) ? document.activeElement : null;
    }
    this.body.inert = busy; // what is typed now would be neither in what is sent nor in what is shown next
    this.node.querySelectorAll("button").forEach((each) => { each.disabled = busy; });
    if (!busy && document.activeElement === document.body && this.pressed instanceof HTMLElement) {
      this.pressed.focus(); // a button loses the focus when it is switched off
    }
  }
}

/** A short paragraph of explanation. */
export function hint(text: string): HTMLParagraphElement {
  return h("p", { class: "openmo-Deploy-hint" }, text);
}

/** A box with a sentence and what there is to do about it. */
export function part(text: string, ...actions: HTMLElement[]): HTMLElement {
  return h("div", { class: "openmo-Deploy-part" }, hint(text), ...actions);
}
