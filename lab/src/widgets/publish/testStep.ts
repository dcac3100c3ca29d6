import { DOMUtils } from "@jupyterlab/apputils";
import { h } from "@openmo/shared/dom";
import { PlatformError } from "@openmo/shared/problems";
import type { ParameterData } from "@openmo/shared/rest-api";

import { button } from "../../buttons";
import { ParameterFields } from "../modules/parameterFields";
import { methodText } from "../modules/wording";
import { hint } from "../wizard/step";
import { type IPublishContext, PublishStep } from "./step";
import { trialNodes } from "./trial";

const METHODS = ["train", "predict", "run"] as const;

/** Each method by a form, called as others will call it once it is published. */
export class TestStep extends PublishStep {
  constructor(context: IPublishContext) {
    super(context, context.trans.__("Test"));
    const { trans, flow } = context;
    const { input = {}, output = {} } = flow.plan.spec;
    const forms = METHODS.filter((name) => name in input || name in output).map((name) => this.method(name, named(input[name] ?? {})));
    const nothing = hint(trans.__("There is nothing to try yet: main.py is missing, or cannot be read."));
    this.body.append(
      hint(trans.__("Each method runs in the sandbox, in the module's own environment, with the files that the version would hold.")),
      ...(forms.length > 0 ? forms : [nothing]),
    );
    this.setButtons(
      this.backButton("start"),
      button(trans.__("Next"), () => { context.go("version"); }, { primary: forms.length > 0 }),
    );
  }

  private method(name: (typeof METHODS)[number], parameters: readonly ParameterData[]): HTMLElement {
    const { trans } = this;
    const heading = h("h4", { id: DOMUtils.createDomID() }, methodText(name, trans));
    const fields = new ParameterFields(parameters, trans);
    const result = h("div", { class: "openmo-Publish-result" });
    const start = button(trans.__("Run"), () => void this.call(name, fields, result));
    start.setAttribute("aria-label", trans.__("Run: %1", methodText(name, trans)));
    return h(
      "section", { class: "openmo-Deploy-part openmo-Publish-method", "aria-labelledby": heading.id },
      heading, ...fields.nodes, start, result,
    );
  }

  private call(name: string, fields: ParameterFields, result: HTMLElement): Promise<void> {
    fields.showErrors(null);
    result.replaceChildren();
    return this.run(this.trans.__("Calling %1 in the sandbox…", name), async () => {
      await this.context.documents.saveAll();
      const building = (): void => { this.showProgress(this.trans.__("Building the module's environment…")); };
      try {
        result.replaceChildren(...trialNodes(await this.context.flow.try(name, fields.values, building), this.trans));
        result.scrollIntoView({ block: "nearest" });
      } catch (reason) {
        fields.showErrors(reason);
        result.replaceChildren(...printed(reason));
        if (!fields.tellsAll(reason)) {
          throw reason;
        }
      }
    });
  }
}

/** The parameters, each with its name. */
function named(parameters: Readonly<Record<string, ParameterData>>): ParameterData[] {
  return Object.entries(parameters).map(([key, parameter]) => ({ ...parameter, name: parameter.name ?? key }));
}

/** What a call that failed has printed, with its traceback. */
function printed(reason: unknown): HTMLElement[] {
  const log = reason instanceof PlatformError ? reason.fields.log : undefined;
  return typeof log === "string" && log.trim() !== "" ? [h("pre", { class: "openmo-Deploy-log", tabindex: "0" }, log)] : [];
}
