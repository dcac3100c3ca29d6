import type { TranslationBundle } from "@jupyterlab/translation";
import type { LabIcon } from "@jupyterlab/ui-components";
import { durationText } from "@openmo/shared/durations";
import { h } from "@openmo/shared/dom";
import type { JobState } from "@openmo/shared/rest-api";
import { hasEnded, runSeconds } from "@openmo/shared/jobs";

import { chartsIcon, moreIcon, restartIcon, stateIcons, stopIcon } from "../../icons";
import { reasonText, stateText } from "../../jobWording";
import { type Job, deviceText } from "../../jobs";

/** The actions of a row. */
export type RowAction = "log" | "charts" | "terminate" | "restart" | "menu" | "select";

/** One job in the panel's list; drawn once and kept up to date, so that focus and pointer stay where they are. */
export class JobRow {
  readonly node: HTMLLIElement;
  private readonly state = h("span", {});
  private readonly main = h("button", { type: "button", class: "openmo-JobRow-name" });
  private readonly facts = h("span", { class: "openmo-JobRow-facts" });
  private readonly duration = h("span", { class: "openmo-JobRow-duration" });
  private readonly reason = h("p", { class: "openmo-JobRow-reason" });
  private readonly check = h("input", { type: "checkbox", hidden: true });
  private readonly stop: HTMLButtonElement;
  private readonly restart: HTMLButtonElement;
  private readonly controls: HTMLElement[];
  private shownState: JobState | null = null;

  constructor(public job: Job, private readonly trans: TranslationBundle, act: (action: RowAction, job: Job) => void) {
    const on = (action: RowAction) => (): void => { act(action, this.job); };
    this.main.addEventListener("click", on("log"));
    this.check.addEventListener("change", on("select"));
    const charts = iconButton(chartsIcon, trans.__("Open charts"), on("charts"));
    this.stop = iconButton(stopIcon, trans.__("Terminate"), on("terminate"));
    this.restart = iconButton(restartIcon, trans.__("Run again"), on("restart"));
    const more = iconButton(moreIcon, trans.__("More"), on("menu"));
    more.setAttribute("aria-haspopup", "menu");
    this.controls = [this.main, this.check, charts, this.stop, this.restart, more];
    this.node = h(
      "li", { class: "openmo-JobRow" },
      this.check, this.state,
      h("div", { class: "openmo-JobRow-main" }, this.main, h("div", {}, this.facts, this.duration), this.reason),
      h("div", { class: "openmo-JobRow-actions" }, charts, this.stop, this.restart, more),
    );
    this.node.dataset.number = String(job.number);
    this.setTabStop(false);
  }

  get isTicked(): boolean {
    return this.check.checked;
  }

  set isTicked(ticked: boolean) {
    this.check.checked = ticked && hasEnded(this.job);
  }

  /** Where a menu of this row opens. */
  get menuAnchor(): Element {
    return this.node.querySelector("[aria-haspopup=menu]") ?? this.node;
  }

  focus(): void {
    this.main.focus();
    this.node.scrollIntoView({ block: "nearest" });
  }

  /** Whether the Tab key stops in this row: one row does, the arrow keys lead to the others. */
  setTabStop(stops: boolean): void {
    for (const control of this.controls) {
      control.tabIndex = stops ? 0 : -1;
    }
  }

  update(job: Job, options: { readonly now: number; readonly selecting: boolean }): void {
    this.job = job;
    const { trans } = this;
    const focused = document.activeElement;
    if (this.shownState !== job.state) {
      this.shownState = job.state;
      this.showState(job.state);
    }
    setText(this.main, job.name);
    this.main.title = trans.__("Open the log of %1", job.name);
    setText(this.facts, `${job.script} · ${deviceText(job)}`);
    const reason = reasonText(job, trans);
    setText(this.reason, reason);
    this.reason.title = reason;
    this.reason.hidden = reason === "";
    this.stop.hidden = hasEnded(job);
    this.stop.disabled = job.stop_requested;
    this.restart.hidden = !hasEnded(job);
    this.check.hidden = !(options.selecting && hasEnded(job));
    this.check.setAttribute("aria-label", trans.__("Select %1", job.name));
    this.keepFocus(focused);
    this.tick(options.now);
  }

  /** Who pressed a button that is gone now goes on from the job's name, not from the top of the page. */
  private keepFocus(focused: Element | null): void {
    const gone = [this.stop, this.restart, this.check].find((each) => each === focused && (each.hidden || each.disabled));
    if (gone) {
      this.main.focus();
    }
  }

  /** The time goes on. */
  tick(now: number): void {
    const seconds = runSeconds(this.job, now);
    setText(this.duration, seconds === null ? "" : ` · ${durationText(seconds)}`);
  }

  private showState(state: JobState): void {
    const word = stateText(state, this.trans);
    const icon = stateIcons[state].element({ tag: "span", height: "16px", width: "16px" });
    this.state.className = `openmo-state openmo-mod-${state}`;
    this.state.title = word;
    this.state.replaceChildren(icon, h("span", { class: "openmo-hidden-text" }, word));
  }
}

/** A button that shows an icon; its name is for those who cannot see it. */
export function iconButton(icon: LabIcon, label: string, onClick: () => void): HTMLButtonElement {
  const node = h("button", { type: "button", class: "openmo-IconButton", title: label });
  node.setAttribute("aria-label", label);
  node.append(icon.element({ tag: "span", height: "16px", width: "16px" }));
  node.addEventListener("click", onClick);
  return node;
}

function setText(node: HTMLElement, text: string): void {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}
