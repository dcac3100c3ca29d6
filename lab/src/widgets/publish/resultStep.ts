import { h } from "@openmo/shared/dom";

import { button } from "../../buttons";
import { openPage } from "../../pages";
import { hint } from "../wizard/step";
import { type IPublishContext, PublishStep } from "./step";

/** The version that was published: what it is called, and its page. */
export class ResultStep extends PublishStep {
  constructor(context: IPublishContext) {
    const { published } = context.flow;
    super(context, published?.version === "dev" ? context.trans.__("Your development version is ready") : context.trans.__("The module is published"));
    if (published === null) {
      return;
    }
    const who = context.flow.isForOthers
      ? this.trans.__("Others find it in the panel Modules, and call it by this identifier:")
      : this.trans.__("You alone find it in the panel Modules, and call it by this identifier:");
    this.body.append(
      hint(who),
      h("p", {}, h("code", {}, published.identifier)),
    );
    this.setButtons(
      button(this.trans.__("Start again"), () => { context.go("start"); }),
      button(this.trans.__("Open the module's page"), () => { openPage(published.page); }, { primary: true }),
    );
  }
}
