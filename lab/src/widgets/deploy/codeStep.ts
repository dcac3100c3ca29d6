import { type LabIcon, errorIcon, infoIcon } from "@jupyterlab/ui-components";
import { h } from "@openmo/shared/dom";
import type { MistakeView, Severity } from "@openmo/shared/rest-api";

import { button, linkButton } from "../../buttons";
import { type IStepContext, StepWidget, hint } from "./step";
import { mistakeText } from "./wording";

/** The generated handler.py, with its mistakes marked. */
export class CodeStep extends StepWidget {
  private readonly lines: HTMLLIElement[];

  constructor(context: IStepContext) {
    super(context, context.trans.__("Look at the code"));
    const { handler, problems } = context.flow.preparation;
    this.lines = handler.trimEnd().split("\n").map((text) => h("li", {}, h("code", {}, text || " ")));
    for (const each of problems) {
      this.mark(each);
    }
    const code = h("ol", { class: "openmo-Deploy-code", tabindex: "0" }, ...this.lines);
    code.setAttribute("aria-label", "handler.py");
    this.body.append(this.findings(problems), code);
    const hasErrors = problems.some((each) => each.severity === "error");
    const next = button(this.trans.__("Next"), () => { context.go("spec"); }, { primary: !hasErrors });
    this.setButtons(this.backButton("cells"), next);
  }

  private findings(problems: readonly MistakeView[]): HTMLElement {
    if (problems.length === 0) {
      return hint(this.trans.__("No problems found."));
    }
    const list = h("ul", { class: "openmo-Deploy-findings" });
    for (const each of problems) {
      const item = h("li", { class: `openmo-mod-${each.severity}` });
      item.append(icon(each.severity), h("span", {}, mistakeText(each, this.trans)));
      if (each.line !== null) {
        item.append(linkButton(this.trans.__("Line %1", each.line), () => { this.jumpTo(each.line); }));
      }
      list.append(item);
    }
    return list;
  }

  private mark(mistake: MistakeView): void {
    const line = mistake.line === null ? undefined : this.lines[mistake.line - 1];
    if (line !== undefined) {
      line.classList.add(`openmo-mod-${mistake.severity}`);
      line.title = mistakeText(mistake, this.trans);
    }
  }

  private jumpTo(line: number | null): void {
    const node = this.lines[(line ?? 1) - 1];
    node?.scrollIntoView({ block: "center" });
    node?.animate([{ outline: "2px solid var(--jp-brand-color1)" }, { outline: "2px solid transparent" }], 1500);
  }
}

function icon(severity: Severity): HTMLElement {
  const shown: LabIcon = severity === "error" ? errorIcon : infoIcon;
  return shown.element({ tag: "span", height: "16px", width: "16px" });
}
