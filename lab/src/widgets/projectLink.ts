import type { TranslationBundle } from "@jupyterlab/translation";
import { LabIcon } from "@jupyterlab/ui-components";
import { Widget } from "@lumino/widgets";
import { h } from "@openmo/shared/dom";

import logo from "../../style/icons/logo.svg";

const logoIcon = new LabIcon({ name: "openmo:logo", svgstr: logo });

/** OpenMo's logo in the top bar; once the project is known, a link to its page with its name. */
export class ProjectLink extends Widget {
  private readonly link = h("a", { class: "openmo-ProjectLink-link" });

  constructor(private readonly trans: TranslationBundle) {
    super();
    this.id = "openmo-project-link";
    this.addClass("openmo-ProjectLink");
    this.link.append(logoIcon.element({ tag: "span", height: "18px", width: "18px" }));
    this.node.append(this.link);
  }

  /** `project` is `owner/name`. In this tab: unsaved notebooks make the browser ask before it leaves. */
  leadTo(project: string, url: string): void {
    const name = project.split("/").at(-1) ?? project;
    this.link.href = url;
    this.link.title = this.trans.__("Back to the project's page");
    this.link.append(
      h("span", { class: "openmo-ProjectLink-name" }, name),
      h("span", { class: "openmo-hidden-text" }, ` – ${this.trans.__("Back to the project's page")}`),
    );
  }
}
