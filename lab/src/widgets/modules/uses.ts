import type { TranslationBundle } from "@jupyterlab/translation";
import { h } from "@openmo/shared/dom";
import { messageOf } from "@openmo/shared/problems";
import type { ModuleUserList, UseView } from "@openmo/shared/rest-api";

import { button } from "../../buttons";
import { stateText } from "../../jobWording";
import type { ModuleReference } from "../../modules/values";
import type { IPlatform } from "../../tokens";
import { methodText } from "./wording";

interface IOptions {
  readonly platform: Pick<IPlatform, "moduleUsers" | "moduleJobs">;
  readonly trans: TranslationBundle;
  readonly openJob: (number: number, name: string, url: string) => void;
}

/** Who uses a module: jobs of this project, and public projects. Both are requested once the tab is there. */
export class ModuleUses {
  readonly node = h("div", { class: "openmo-Module-uses" });
  private readonly jobs = h("section", { class: "openmo-Module-part", hidden: true });
  private readonly users = h("section", { class: "openmo-Module-part", hidden: true });
  private readonly list = h("ul", { class: "openmo-Module-links" });
  private readonly more: HTMLButtonElement;
  private next = "";

  constructor(private readonly module: ModuleReference, private readonly options: IOptions) {
    const { trans } = options;
    this.more = button(trans.__("Show more"), () => void this.showJobs());
    this.jobs.append(h("h3", {}, trans.__("Jobs of this project with it")), this.list, this.more);
    this.node.append(this.jobs, this.users);
    this.refresh();
  }

  /** Asks anew. */
  refresh(): void {
    this.next = "";
    void this.showJobs();
    void this.showUsers();
  }

  private async showJobs(): Promise<void> {
    const after = this.next;
    this.more.disabled = true;
    try {
      const page = await this.options.platform.moduleJobs(this.module, after);
      const rows = page.items.map((use) => this.job(use));
      if (after === "") {
        this.list.replaceChildren(...rows);
      } else {
        this.list.append(...rows);
      }
      this.next = page.next;
      this.more.hidden = page.next === "";
      this.jobs.hidden = this.list.children.length === 0;
    } catch (reason) {
      this.more.title = messageOf(reason); // pressing it again tries again
    }
    this.more.disabled = false;
  }

  private job(use: UseView): HTMLElement {
    const { trans, openJob } = this.options;
    const facts = [
      stateText(use.state, trans), ...use.methods.map((method) => methodText(method, trans)), use.versions.join(", "),
    ].filter((fact) => fact !== "");
    const link = h("button", { type: "button", class: "openmo-Deploy-link-button" }, use.name);
    link.addEventListener("click", () => { openJob(use.number, use.name, use.url); });
    return h("li", {}, link, h("span", { class: "openmo-Module-facts" }, facts.join(" · ")));
  }

  private async showUsers(): Promise<void> {
    const { platform, trans } = this.options;
    let found: ModuleUserList;
    try {
      found = await platform.moduleUsers(this.module);
    } catch {
      return; // no reason for an error: the module itself is there
    }
    const links = found.items.map((each) => h(
      "li", {},
      h("a", { href: each.url, target: "_blank", rel: "noopener" }, each.title),
      h("span", { class: "openmo-Module-facts" }, each.project),
    ));
    this.users.hidden = found.total === 0;
    this.users.replaceChildren(
      h("h3", {}, trans.__("Used by")),
      h("p", { class: "openmo-Module-hint" }, trans.__("Projects that import it: %1. Public ones are shown.", found.total)),
      h("ul", { class: "openmo-Module-links" }, ...links),
    );
  }
}
