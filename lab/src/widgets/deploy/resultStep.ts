import { h } from "@openmo/shared/dom";

import { button } from "../../buttons";
import { openPage } from "../../pages";
import { hint } from "../wizard/step";
import { DeployStep, type IStepContext } from "./step";

/** The new release: where it is, and a try. */
export class ResultStep extends DeployStep {
  constructor(context: IStepContext) {
    const release = context.flow.released;
    super(context, release?.channel === "dev" ? context.trans.__("Your development version is ready") : context.trans.__("The app is live"));
    if (release === null) {
      return;
    }
    const link = h("a", { href: release.page }, release.page);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      openPage(release.page);
    });
    const audience = release.channel === "dev"
      ? this.trans.__("It is for you alone. Others get the newest release, if there is one.")
      : this.trans.__("Version %1 answers everybody who may see the project.", release.version);
    this.body.append(hint(audience), h("p", { class: "openmo-Deploy-link" }, link));
    this.setButtons(
      button(this.trans.__("Start again"), () => { context.go("start"); }),
      button(this.trans.__("Calls and errors"), () => { context.showCalls(release.calls); }),
      button(this.trans.__("Test"), () => { context.test(release.page); }, { primary: true }),
    );
  }
}
