import type { TranslationBundle } from "@jupyterlab/translation";
import { type LabIcon, errorIcon, infoIcon } from "@jupyterlab/ui-components";
import { h } from "@openmo/shared/dom";
import type { MistakeView, Severity } from "@openmo/shared/rest-api";

import { linkButton } from "../../buttons";
import { hint } from "./step";

interface IOptions {
  /** What the file is called. */
  readonly name: string;
  readonly source: string;
  readonly problems: readonly MistakeView[];
  readonly textOf: (mistake: MistakeView) => string;
  readonly trans: TranslationBundle;
}

/** A file made of cells, with its mistakes above it and marked in it. */
export class CodeView {
  readonly nodes: readonly HTMLElement[];
  private readonly lines: HTMLLIElement[];

  constructor(private readonly options: IOptions) {
    this.lines = options.source.trimEnd().split("\n").map((text) => h("li", {}, h("code", {}, text || " ")));
    for (const each of options.problems) {
      this.mark(each);
    }
    const code = h("ol", { class: "openmo-Deploy-code", tabindex: "0" }, ...this.lines);
    code.setAttribute("aria-label", options.name);
    this.nodes = [this.findings(), code];
  }

  /** Whether it could not work as it is. */
  get hasErrors(): boolean {
    return this.options.problems.some((each) => each.severity === "error");
  }

  private findings(): HTMLElement {
    const { problems, trans, textOf } = this.options;
    if (problems.length === 0) {
      return hint(trans.__("No problems found."));
    }
    const list = h("ul", { class: "openmo-Deploy-findings" });
    for (const each of problems) {
      const item = h("li", { class: `openmo-mod-${each.severity}` });
      item.append(findingIcon(each.severity), h("span", {}, textOf(each)));
      if (each.line !== null) {
        item.append(linkButton(trans.__("Line %1", each.line), () => { this.jumpTo(each.line); }));
      }
      list.append(item);
    }
    return list;
  }

  private mark(mistake: MistakeView): void {
    const line = mistake.line === null ? undefined : this.lines[mistake.line - 1];
    if (line !== undefined) {
      line.classList.add(`openmo-mod-${mistake.severity}`);
      line.title = this.options.textOf(mistake);
    }
  }

  private jumpTo(line: number | null): void {
    const node = this.lines[(line ?? 1) - 1];
    node?.scrollIntoView({ block: "center" });
    node?.animate([{ outline: "2px solid var(--jp-brand-color1)" }, { outline: "2px solid transparent" }], 1500);
  }
}

export function findingIcon(severity: Severity): HTMLElement {
  const shown: LabIcon = severity === "error" ? errorIcon : infoIcon;
  return shown.element({ tag: "span", height: "16px", width: "16px" });
}
