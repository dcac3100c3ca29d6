import type { TranslationBundle } from "@jupyterlab/translation";
import { h } from "@openmo/shared/dom";

import type { ParameterData, Parameters, Section } from "../../app";
import type { ParameterTexts } from "../../specForm";
import { parameterForm } from "./parameterForm";
import { hint } from "./step";

const DEBOUNCE_MS = 300;

/** Inputs or outputs that stand together under one heading. */
export interface ISpecPart {
  readonly title: string;
  readonly section: Section;
  readonly parameters: Parameters;
  /** The hint where there are none. */
  readonly nothing: string;
  /** Whether the type of that parameter was guessed. */
  readonly isGuessed: (key: string) => boolean;
  readonly edit: (key: string, texts: ParameterTexts) => void;
}

interface IOptions {
  /** What the file is called. */
  readonly name: string;
  readonly parts: readonly ISpecPart[];
  /** The file's text as edited; rejects when an edit cannot be right. */
  readonly text: () => Promise<string>;
  readonly trans: TranslationBundle;
  readonly onError: (reason: unknown) => void;
  /** What was edited is right. */
  readonly onRight: () => void;
}

/** Inputs and outputs, editable, above the file that comes of them. */
export class SpecEditor {
  readonly nodes: readonly HTMLElement[];
  private readonly preview = h("pre", { class: "openmo-Deploy-yaml", tabindex: "0" });
  private timer = 0;
  private requests = 0;

  constructor(private readonly options: IOptions) {
    this.preview.setAttribute("aria-label", options.name);
    this.nodes = [...options.parts.map((each) => this.section(each)), h("h4", {}, options.name), this.preview];
    void this.showText();
  }

  /** Nothing of it is requested or shown any more, also of what is on its way: it would wipe what is shown by then. */
  stop(): void {
    window.clearTimeout(this.timer);
    this.requests++;
  }

  private section(part: ISpecPart): HTMLElement {
    const forms = Object.entries(part.parameters).map(([key, parameter]: [string, ParameterData]) =>
      parameterForm({
        name: parameter.name ?? key,
        parameter,
        isInput: part.section === "input",
        check: part.isGuessed(key),
        trans: this.options.trans,
        onEdit: (texts) => {
          part.edit(key, texts);
          this.showSoon();
        },
      }),
    );
    const content = forms.length > 0 ? forms : [hint(part.nothing)];
    return h("section", {}, h("h4", {}, part.title), ...content);
  }

  private showSoon(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.showText(), DEBOUNCE_MS);
  }

  /** A response that comes after a later request is out of date. */
  private async showText(): Promise<void> {
    const request = ++this.requests;
    try {
      const text = await this.options.text();
      if (request === this.requests) {
        this.preview.textContent = text;
        this.options.onRight();
      }
    } catch (reason) {
      if (request === this.requests) {
        this.options.onError(reason);
      }
    }
  }
}
