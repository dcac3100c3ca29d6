import { DOMUtils } from "@jupyterlab/apputils";
import type { TranslationBundle } from "@jupyterlab/translation";
import { Widget } from "@lumino/widgets";
import { h } from "@openmo/shared/dom";
import type { JobOptions } from "@openmo/shared/rest-api";

import type { JobFormValues, Target } from "../../jobForm";
import { VariableRows } from "./variables";

/** What the form shows besides what was typed. */
export interface JobFormContext {
  readonly trans: TranslationBundle;
  /** What there is; null: the platform does not say, and only it can refuse. */
  readonly options: JobOptions | null;
  /** Whether the user chooses the script; else it is given. */
  readonly choosesScript: boolean;
  /** Whether the script can run in a console. */
  readonly canUseConsole: boolean;
}

/** The fields of *Create Job*. */
export class JobForm extends Widget {
  private readonly error = h("p", { class: "openmo-JobForm-error", hidden: true });
  private readonly script: HTMLInputElement | HTMLElement;
  private readonly targets = new Map<Target, HTMLInputElement>();
  private readonly code: HTMLSelectElement | null = null;
  private readonly takeSecrets: HTMLInputElement | null = null;
  private readonly name: HTMLInputElement;
  private readonly args: HTMLInputElement;
  private readonly cpus: HTMLInputElement;
  private readonly gpus: HTMLInputElement;
  private readonly memory: HTMLInputElement;
  private readonly time: HTMLInputElement;
  private readonly env: VariableRows;
  private readonly secrets: VariableRows;
  private readonly trans: TranslationBundle;
  /** What only jobs have, not consoles. */
  private readonly jobsOnly: HTMLElement;
  private focused: HTMLElement | null = null;

  constructor(private readonly initial: JobFormValues, private readonly context: JobFormContext) {
    super();
    const trans = (this.trans = context.trans);
    this.addClass("openmo-JobForm");
    this.error.setAttribute("role", "alert");
    this.script = this.scriptField();
    this.name = text(initial.name, trans.__("made from the script's name"));
    this.args = text(initial.args, "--epochs 10", "openmo-JobForm-code");
    this.cpus = number(initial.cpus, context.options?.cpus);
    this.gpus = number(initial.gpus, context.options?.gpus);
    this.memory = text(initial.memoryLimit, "2G");
    this.time = text(initial.timeLimit, "1h30m");
    const plain = { secret: false, trans };
    this.env = new VariableRows(trans.__("Environment variables"), trans.__("Everyone who may change the project sees them."), plain);
    const hint = trans.__("Encrypted at once, handed to the job alone, never shown again.");
    this.secrets = new VariableRows(trans.__("Secrets"), hint, { secret: true, trans });
    initial.env.forEach((each) => { this.env.add(each); });
    const repeated: HTMLElement[] = [];
    if (initial.codeOf !== null) {
      this.code = this.codeField(initial.codeOf);
      repeated.push(field(trans.__("Code"), this.code));
    }
    if (initial.secretsOf !== null) {
      this.takeSecrets = h("input", { type: "checkbox", checked: true });
      const label = trans.__("Use the secrets of job %1", initial.secretsOf);
      repeated.push(h("label", { class: "openmo-mod-inline" }, this.takeSecrets, label));
    }
    this.jobsOnly = h("div", { class: "openmo-JobForm-part" }, ...repeated, field(trans.__("Name (optional)"), this.name), this.more());
    this.node.append(
      this.error,
      context.choosesScript
        ? field(trans.__("Script"), this.script, trans.__("A Python script or a notebook of this project."))
        : h("div", { class: "openmo-JobForm-script" }, trans.__("Script"), this.script, ...this.notebookHint()),
      this.targetField(),
      field(trans.__("Arguments (optional)"), this.args, trans.__("Given to the script as on a command line.")),
      this.jobsOnly,
    );
    this.showTarget();
  }

  get values(): JobFormValues {
    const script = this.script instanceof HTMLInputElement ? this.script.value.trim() : this.initial.script;
    const sameCode = this.code !== null && this.code.value !== "";
    return {
      script,
      target: this.target,
      name: this.name.value,
      args: this.args.value,
      cpus: this.cpus.value,
      gpus: this.gpus.value,
      memoryLimit: this.memory.value,
      timeLimit: this.time.value,
      env: this.env.values,
      secrets: this.secrets.values,
      codeOf: sameCode ? this.initial.codeOf : null,
      secretsOf: this.takeSecrets?.checked === true ? this.initial.secretsOf : null,
    };
  }

  /** Whether nothing can be typed, since it would not be in what is sent; the focus comes back to where it was. */
  setInert(inert: boolean): void {
    const { activeElement } = document;
    if (inert) {
      this.focused = activeElement instanceof HTMLElement && this.node.contains(activeElement) ? activeElement : null;
    }
    this.node.inert = inert;
    if (!inert) {
      this.focused?.focus();
    }
  }

  /** Says what was wrong; empty: nothing. */
  showError(message: string): void {
    this.error.textContent = message;
    this.error.hidden = message === "";
    this.error.scrollIntoView({ block: "nearest" });
  }

  private get target(): Target {
    return [...this.targets].find(([, input]) => input.checked)?.[0] ?? "cpu";
  }

  private scriptField(): HTMLInputElement | HTMLElement {
    if (!this.context.choosesScript) {
      return h("code", {}, this.initial.script);
    }
    const list = h("datalist", { id: DOMUtils.createDomID() });
    list.append(...(this.context.options?.scripts ?? []).map((value) => h("option", { value })));
    const input = text(this.initial.script, "train.py", "openmo-JobForm-code");
    input.setAttribute("list", list.id);
    this.node.append(list);
    return input;
  }

  private notebookHint(): HTMLElement[] {
    const hint = this.trans.__("Its cells run from top to bottom as a Python script, in a copy of the project: no file of yours is written.");
    return /\.ipynb$/i.test(this.initial.script) ? [h("span", { class: "openmo-JobForm-hint" }, hint)] : [];
  }

  private codeField(number: number): HTMLSelectElement {
    return h(
      "select", { class: "jp-mod-styled" },
      h("option", { value: String(number) }, this.trans.__("As job %1 had it", number)),
      h("option", { value: "" }, this.trans.__("As it is now")),
    );
  }

  private targetField(): HTMLElement {
    const { trans, context } = this;
    const console = context.canUseConsole
      ? trans.__("No job: it runs in a console beside the editor, without log, charts or notice, and ends with its kernel.")
      : trans.__("For a script in an open editor.");
    const noGpu = context.options?.gpus === 0;
    const gpu = noGpu ? trans.__("This installation has no GPU.") : trans.__("In the background, with a GPU.");
    return h(
      "fieldset", { class: "openmo-JobForm-targets" },
      h("legend", {}, trans.__("Runs as")),
      this.targetChoice("console", trans.__("Notebook console"), console, !context.canUseConsole),
      this.targetChoice("cpu", "CPU", trans.__("In the background, also while the browser is closed."), false),
      this.targetChoice("gpu", "GPU", gpu, noGpu),
    );
  }

  private targetChoice(target: Target, label: string, hint: string, disabled: boolean): HTMLElement {
    const input = h("input", { type: "radio", name: "openmo-target", value: target, disabled });
    input.checked = this.initial.target === target;
    input.addEventListener("change", () => { this.showTarget(); });
    this.targets.set(target, input);
    const note = h("span", { class: "openmo-JobForm-hint" }, hint);
    return h("label", { class: "openmo-mod-inline" }, input, h("span", {}, h("strong", {}, label), " ", note));
  }

  private more(): HTMLElement {
    const { trans, initial } = this;
    const numbers = h(
      "div", { class: "openmo-JobForm-numbers" },
      field(trans.__("CPUs"), this.cpus),
      field(trans.__("GPUs"), this.gpus),
      field(trans.__("Memory limit"), this.memory),
      field(trans.__("Time limit"), this.time),
    );
    const part = h("div", { class: "openmo-JobForm-part" }, numbers, this.env.node, this.secrets.node);
    const summary = h("summary", {}, trans.__("More: resources, limits, variables and secrets"));
    const open = initial.cpus + initial.gpus + initial.memoryLimit + initial.timeLimit !== "" || initial.env.length > 0;
    return h("details", { open }, summary, part);
  }

  private showTarget(): void {
    this.jobsOnly.hidden = this.target === "console";
    this.gpus.disabled = this.target !== "gpu";
  }
}

function text(value: string, placeholder: string, className = ""): HTMLInputElement {
  const input = h("input", { type: "text", class: `jp-mod-styled ${className}`, value, placeholder, spellcheck: "false" });
  input.autocomplete = "off";
  return input;
}

function number(value: string, max: number | undefined): HTMLInputElement {
  const input = h("input", { type: "text", inputmode: "numeric", class: "jp-mod-styled", value, placeholder: "1" });
  if (max !== undefined) {
    input.title = `1–${String(Math.max(1, max))}`;
  }
  return input;
}

function field(label: string, control: HTMLElement, hint = ""): HTMLLabelElement {
  const row = h("label", {}, label, control);
  if (hint !== "") {
    const note = h("span", { id: DOMUtils.createDomID(), class: "openmo-JobForm-hint" }, hint);
    control.setAttribute("aria-describedby", note.id);
    row.append(note);
  }
  return row;
}
