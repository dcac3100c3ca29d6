import { DOMUtils } from "@jupyterlab/apputils";
import type { TranslationBundle } from "@jupyterlab/translation";
import { h } from "@openmo/shared/dom";
import { messageOf } from "@openmo/shared/problems";
import type { ModuleCodeView, ModuleVersionView } from "@openmo/shared/rest-api";

import { button } from "../../buttons";
import type { Installer } from "../../modules/packages";

type Needs = Pick<ModuleCodeView, "missing" | "conflicts">;

interface IOptions {
  readonly version: Pick<ModuleVersionView, "environment" | "environment_ready" | "requirements">;
  /** What the project lacks, requested anew each time. */
  readonly needs: () => Promise<Needs>;
  readonly install: Installer;
  readonly trans: TranslationBundle;
}

/** Before a call is inserted: what the project lacks, and the two ways out: install it, or run the module in its own environment. */
export class PackageChoice {
  readonly node = h("section", { class: "openmo-Module-part", hidden: true });
  private readonly absent = h("div", { class: "openmo-Module-lacking" });
  private readonly status = h("div", { class: "openmo-Module-status", role: "status" });
  /** Also of one whose environment is chosen only when somebody imports it. */
  private readonly mayRunInItsOwn: boolean;
  private readonly box = h("input", { type: "checkbox", id: DOMUtils.createDomID() });

  constructor(private readonly options: IOptions) {
    const { trans, version } = options;
    this.mayRunInItsOwn = version.environment !== "" || version.requirements.length > 0;
    const notes = version.environment_ready
      ? trans.__("It runs in a process of its own, with exactly the packages that it was published with.")
      : trans.__("It runs in a process of its own, with exactly the packages that it was published with. They are built when you import it, which may take minutes.");
    const choice = h(
      "div", { class: "openmo-Module-own", hidden: !this.mayRunInItsOwn },
      h("label", { for: this.box.id }, this.box, trans.__("Run in its own environment")),
      h("p", { class: "openmo-Module-hint" }, notes),
    );
    this.node.append(h("h3", {}, trans.__("Packages")), this.absent, this.status, choice);
    this.node.hidden = !this.mayRunInItsOwn;
    void this.look(true);
  }

  /** Whether the module is to run in the environment that belongs to it. */
  get ownEnvironment(): boolean {
    return this.box.checked;
  }

  private async look(first: boolean): Promise<void> {
    try {
      const needs = await this.options.needs();
      this.show(needs);
      if (first && needs.conflicts.length > 0 && this.mayRunInItsOwn) {
        this.box.checked = true;
      }
    } catch (reason) {
      this.absent.replaceChildren(h("p", { class: "openmo-Module-error" }, messageOf(reason)));
      this.node.hidden = false;
    }
  }

  private show({ missing, conflicts }: Needs): void {
    const { trans } = this.options;
    const installable = missing.filter((line) => !conflicts.includes(line));
    const parts: HTMLElement[] = [];
    if (installable.length > 0) {
      const install = button(trans.__("Install into this project"), () => void this.install(installable, install));
      parts.push(h("p", {}, trans.__("This project lacks:"), " ", ...codes(installable)), install);
    }
    if (conflicts.length > 0) {
      parts.push(h("p", {}, trans.__("This project has another version of:"), " ", ...codes(conflicts)));
    }
    this.absent.replaceChildren(...parts);
    this.node.hidden = parts.length === 0 && !this.mayRunInItsOwn;
  }

  private async install(lines: readonly string[], pressed: HTMLButtonElement): Promise<void> {
    const { trans, install } = this.options;
    const line = h("span", {}, trans.__("Installing…"));
    pressed.disabled = true;
    this.status.replaceChildren(h("progress", {}), line);
    try {
      await install(lines, (text) => { line.textContent = text; });
      await this.look(false);
      this.status.replaceChildren(trans.__("Installed. A notebook that had imported another version needs a new kernel."));
    } catch (reason) {
      this.status.replaceChildren(h("p", { class: "openmo-Module-error", role: "alert" }, messageOf(reason)));
    }
    pressed.disabled = false;
  }
}

function codes(lines: readonly string[]): Node[] {
  return lines.flatMap((line, index) => [...(index === 0 ? [] : [document.createTextNode(", ")]), h("code", {}, line)]);
}
