import { h } from "@openmo/shared/dom";
import { PlatformError } from "@openmo/shared/problems";
import type { Channel } from "@openmo/shared/rest-api";

import { button } from "../../buttons";
import { FileList } from "../wizard/fileList";
import { hint } from "../wizard/step";
import { fileReason } from "../wizard/wording";
import { DeployStep, type IStepContext } from "./step";

/** The platform's code for an app that failed the call before its release. */
const CHECK_FAILED = "release_check_failed";

/** What the release holds, and who it is for. */
export class FilesStep extends DeployStep {
  private readonly log = h("pre", { class: "openmo-Deploy-log", hidden: true, tabindex: "0" });
  private readonly development = h("input", { type: "radio", name: "openmo-channel", value: "dev" });
  private readonly version: HTMLInputElement;
  private readonly notes: HTMLTextAreaElement;

  constructor(context: IStepContext) {
    super(context, context.trans.__("Deploy"));
    const { items, truncated, version, warnings } = context.flow.candidates;
    const chosen = context.flow.release;
    this.version = h("input", { type: "text", class: "jp-mod-styled", value: chosen.version ?? version, spellcheck: "false" });
    this.notes = h("textarea", { class: "jp-mod-styled", rows: "2" }, chosen.notes);
    const versionRow = h("label", {}, this.trans.__("Version"), this.version);
    const channel = this.channelChoice();
    channel.addEventListener("change", () => { versionRow.hidden = this.development.checked; });
    versionRow.hidden = this.development.checked;
    const files = new FileList({
      files: items.map((file) => ({ path: file.path, bytes: file.bytes, notes: [fileReason(file, this.trans)] })),
      isSelected: (path) => context.flow.isSelected(path),
      select: (path, selected) => { context.flow.select(path, selected); },
      trans: this.trans,
    });
    this.body.append(
      ...warnings.map((text) => h("p", { class: "openmo-Deploy-warning" }, text)),
      h("h4", {}, this.trans.__("Files")),
      ...files.nodes,
      ...(truncated ? [hint(this.trans.__("There are more files than can be listed here."))] : []),
      h("div", { class: "openmo-Deploy-form" },
        channel,
        versionRow,
        h("label", {}, this.trans.__("Notes (optional)"), this.notes),
      ),
      this.log,
    );
    this.body.addEventListener("input", () => { this.keep(version); });
    this.setButtons(this.backButton("start"), button(this.trans.__("Deploy"), () => void this.deploy(), { primary: true }));
  }

  private channelChoice(): HTMLFieldSetElement {
    const isDevelopment = this.context.flow.release.channel === "dev";
    const release = h("input", { type: "radio", name: "openmo-channel", value: "release", checked: !isDevelopment });
    this.development.checked = isDevelopment;
    return h("fieldset", { class: "openmo-Deploy-choice" },
      h("legend", {}, this.trans.__("Channel")),
      h("label", {}, release, this.trans.__("Release: for everybody who may see the project")),
      h("label", {}, this.development, this.trans.__("Development: for you alone")),
    );
  }

  /** What is typed so far is there again after going back, or after loading the page anew. */
  private keep(proposed: string): void {
    const version = this.version.value.trim();
    this.context.flow.release = {
      channel: this.development.checked ? "dev" : "release",
      version: version === proposed ? null : version,
      notes: this.notes.value,
    };
  }

  private deploy(): Promise<void> {
    this.log.hidden = true;
    return this.run(this.trans.__("Checking the files and calling the app once…"), async () => {
      const channel: Channel = this.development.checked ? "dev" : "release";
      const version = channel === "dev" ? "" : this.version.value.trim();
      try {
        await this.context.flow.deploy({ version, channel, notes: this.notes.value.trim() });
      } catch (reason) {
        throw this.explained(reason);
      }
      this.context.go("result");
    });
  }

  /** The error of a release that failed its first call, in the user's language, with what it printed. */
  private explained(reason: unknown): unknown {
    if (!(reason instanceof PlatformError) || reason.code !== CHECK_FAILED) {
      return reason;
    }
    const { detail, log } = reason.fields;
    if (typeof log === "string" && log.trim() !== "") {
      this.log.textContent = log;
      this.log.hidden = false;
    }
    const why = typeof detail === "string" ? detail : reason.message;
    return new Error(this.trans.__("The app does not work yet, so nothing was published. %1", why));
  }
}
