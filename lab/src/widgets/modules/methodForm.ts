import { DOMUtils } from "@jupyterlab/apputils";
import type { TranslationBundle } from "@jupyterlab/translation";
import { h } from "@openmo/shared/dom";
import { messageOf } from "@openmo/shared/problems";
import type { ModuleMethodView } from "@openmo/shared/rest-api";

import { button, linkButton } from "../../buttons";
import type { Job } from "../../jobs";
import { ParameterFields } from "./parameterFields";
import { factsText, jobButtonText, methodText } from "./wording";

interface IOptions {
  readonly method: ModuleMethodView;
  readonly trans: TranslationBundle;
  /** Puts a call with these values into the notebook; resolves to the notebook's name. */
  readonly insert: (method: string, values: Record<string, string>) => Promise<string>;
  readonly showNotebook: () => void;
  /** Runs a call with these values as a job and opens its log; resolves to the job. */
  readonly submit: (method: string, values: Record<string, string>) => Promise<Job>;
  readonly openJob: (job: Job) => void;
}

/** One method of a module: a field for each parameter, what it returns, and the button that inserts the call. */
export class MethodForm {
  readonly node: HTMLElement;
  private readonly fields: ParameterFields;
  private readonly status = h("div", { class: "openmo-Module-status", role: "status" });
  private readonly buttons: readonly HTMLButtonElement[];

  constructor(private readonly options: IOptions) {
    const { method, trans } = options;
    const title = methodText(method.name, trans);
    const heading = h("h3", { id: DOMUtils.createDomID() }, title);
    const insert = button(trans.__("Insert code"), () => void this.insert(), { primary: true });
    insert.setAttribute("aria-label", trans.__("Insert code: %1", title));
    const submit = button(jobButtonText(method.name, trans), () => void this.submit());
    submit.title = trans.__("Write a script with this call and run it in the background");
    this.buttons = [submit, insert];
    this.fields = new ParameterFields(method.inputs, trans);
    this.node = h(
      "section", { class: "openmo-Module-method", "aria-labelledby": heading.id },
      h("div", { class: "openmo-Module-method-head" }, heading, h("div", { class: "openmo-Module-buttons" }, ...this.buttons)),
      this.status,
      ...this.fields.nodes,
      ...this.returns(),
    );
  }

  private insert(): Promise<void> {
    const { trans, method, insert, showNotebook } = this.options;
    return this.attempt(trans.__("Inserting…"), async () => {
      const notebook = await insert(method.name, this.fields.values);
      return [trans.__("Inserted into %1.", notebook), " ", linkButton(trans.__("Show the notebook"), showNotebook)];
    });
  }

  private submit(): Promise<void> {
    const { trans, method, submit, openJob } = this.options;
    return this.attempt(trans.__("Creating the job…"), async () => {
      const job = await submit(method.name, this.fields.values);
      return [trans.__("Job %1 is created.", job.name), " ", linkButton(trans.__("Open log"), () => { openJob(job); })];
    });
  }

  /** Says what is done meanwhile, and then what came of it, or what is wrong at which field. */
  private async attempt(meanwhile: string, act: () => Promise<readonly (Node | string)[]>): Promise<void> {
    this.fields.showErrors(null);
    this.setBusy(true);
    this.status.replaceChildren(h("progress", {}), meanwhile);
    try {
      this.status.replaceChildren(...(await act()));
    } catch (reason) {
      const alert = h("p", { class: "openmo-Module-error", role: "alert" }, messageOf(reason));
      this.status.replaceChildren(alert);
      this.fields.showErrors(reason);
    } finally {
      this.setBusy(false);
    }
  }

  private setBusy(isBusy: boolean): void {
    for (const each of this.buttons) {
      each.disabled = isBusy;
    }
  }

  private returns(): HTMLElement[] {
    const { method, trans } = this.options;
    if (method.outputs.length === 0) {
      return [];
    }
    const items = method.outputs.flatMap((output) => [
      h("dt", {}, h("code", {}, output.name ?? ""), " ", h("span", { class: "openmo-Module-facts" }, factsText(output, false, trans))),
      h("dd", {}, output.description ?? ""),
    ]);
    return [h("h4", {}, trans.__("Returns")), h("dl", { class: "openmo-Module-returns" }, ...items)];
  }
}
