/** What the steps of the deploy panel share. */
import type { TranslationBundle } from "@jupyterlab/translation";
import type { ISignal } from "@lumino/signaling";
import { Widget } from "@lumino/widgets";
import { h } from "@openmo/shared/dom";
import { messageOf } from "@openmo/shared/problems";

import type { Step } from "../../deployDraft";
import type { DeployFlow } from "../../deployFlow";
import { button } from "../../buttons";

/** The notebook beside the panel, as far as the panel needs it. */
export interface INotebookSide {
  /** The path of the notebook in front; null: there is none. */
  readonly path: string | null;
  /** Whether a cell of it defines the function that an app runs. */
  readonly hasHandle: boolean;
  /** Another notebook is in front, or another of its cells. */
  readonly changed: ISignal<INotebookSide, void>;
  /** The notebook of that path is on the disk as it is shown. */
  save(path: string): Promise<void>;
  /** Puts the template of `handle` into the selected cell, or below it when it holds something. */
  insertHandle(): Promise<void>;
  /** Shows the cell to the user, where its notebook is in front. */
  reveal(path: string, cell: number): void;
}

/** What a step may do besides showing itself. */
export interface IStepContext {
  readonly flow: DeployFlow;
  readonly trans: TranslationBundle;
  readonly notebook: INotebookSide;
  go(step: Step): void;
  /** Shows the app's page beside the notebook. */
  test(page: string): void;
  /** Shows what its owner sees of the app's calls beside the notebook. */
  showCalls(page: string): void;
}

/** One step: a heading, what is to decide, and buttons. */
export abstract class StepWidget extends Widget {
  protected readonly body = h("div", { class: "openmo-Deploy-body" });
  private readonly buttons = h("div", { class: "openmo-Deploy-buttons" });
  private readonly status = h("div", { class: "openmo-Deploy-status" });
  private readonly heading: HTMLHeadingElement;
  private pressed: Element | null = null;

  constructor(
    protected readonly context: IStepContext,
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
    this.status.replaceChildren(h("progress", {}), h("span", {}, doing));
    try {
      await work();
      this.status.replaceChildren();
    } catch (reason) {
      this.showError(reason);
    } finally {
      this.setBusy(false);
    }
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
