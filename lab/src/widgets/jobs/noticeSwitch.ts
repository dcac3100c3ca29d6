import type { TranslationBundle } from "@jupyterlab/translation";
import { h } from "@openmo/shared/dom";

import { bellIcon, bellOffIcon } from "../../icons";
import type { IJobNotices } from "../../tokens";
import { iconButton } from "./row";

/** Turns the browser's own notifications on and off. */
export class NoticeSwitch {
  readonly node: HTMLElement;
  private readonly button: HTMLButtonElement;

  constructor(private readonly notices: IJobNotices, private readonly trans: TranslationBundle) {
    this.button = iconButton(bellOffIcon, "", () => void notices.toggle());
    this.node = h("span", { class: "openmo-Jobs-notices" }, this.button);
    notices.changed.connect(() => { this.show(); });
    this.show();
  }

  private show(): void {
    const state = this.notices.browserNotices;
    const label = this.label();
    this.button.title = label;
    this.button.setAttribute("aria-label", label);
    this.button.setAttribute("aria-pressed", String(state === "on"));
    this.button.disabled = state === "missing" || state === "denied";
    const icon = state === "on" ? bellIcon : bellOffIcon;
    this.button.replaceChildren(icon.element({ tag: "span", height: "16px", width: "16px" }));
  }

  private label(): string {
    switch (this.notices.browserNotices) {
      case "on":
      case "off":
        return this.trans.__("Browser notifications when a job ends");
      case "denied":
        return this.trans.__("This browser blocks notifications from here: allow them in its settings.");
      case "missing":
        return this.trans.__("Browser notifications need a secure (https) address.");
    }
  }
}
