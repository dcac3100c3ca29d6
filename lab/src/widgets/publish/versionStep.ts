import { Dialog, showDialog } from "@jupyterlab/apputils";
import { h } from "@openmo/shared/dom";
import { PlatformError } from "@openmo/shared/problems";
import type { VersionFileView } from "@openmo/shared/rest-api";

import { button } from "../../buttons";
import { FileList } from "../wizard/fileList";
import { hint } from "../wizard/step";
import { fileReason } from "../wizard/wording";
import { changeNodes, problemNodes, reportNodes } from "./report";
import { type IPublishContext, PublishStep } from "./step";
import { versionForm } from "./versionForm";

/** The platform's code for a module that did not pass its check. */
const CHECK_FAILED = "module_check_failed";

/** The files of the version, what people read of it, its check, and publishing. */
export class VersionStep extends PublishStep {
  private readonly report = h("section", {});

  constructor(context: IPublishContext) {
    super(context, context.trans.__("Publish"));
    const { flow, trans } = context;
    const { plan } = flow;
    const files = new FileList({
      files: plan.files.map((file) => ({ path: file.path, bytes: file.bytes, notes: [this.count(file), fileReason(file, trans)] })),
      isSelected: (path) => flow.isSelected(path),
      select: (path, selected) => { flow.select(path, selected); },
      trans,
    });
    const unchanged = plan.unchanged_since === "" ? [] : [hint(trans.__("Nothing has changed since %1.", plan.unchanged_since))];
    this.body.append(
      h("p", { class: "openmo-Deploy-hint" }, h("code", {}, plan.name)),
      ...unchanged,
      ...(unchanged.length > 0 ? [] : changeNodes(plan.bump, plan.changes, trans)),
      h("h4", {}, trans.__("Files")),
      ...files.nodes,
      ...(plan.truncated ? [hint(trans.__("There are more files than can be listed here."))] : []),
      versionForm({ plan, choice: flow.choice, trans, onEdit: (choice) => { flow.choice = choice; } }),
      this.report,
    );
    this.setButtons(
      this.backButton("start"),
      button(trans.__("Check"), () => void this.check()),
      button(trans.__("Publish"), () => void this.publish(), { primary: true }),
    );
    this.showReport();
  }

  private count(file: VersionFileView): string {
    if (!file.is_folder) {
      return "";
    }
    return file.files === 1 ? this.trans.__("1 file") : this.trans.__("%1 files", file.files);
  }

  private readonly building = (): void => { this.showProgress(this.trans.__("Building the module's environment…")); };

  private get shown() {
    const show = (file: string, line: number | null): void => { void this.context.documents.show(file, line).catch((reason: unknown) => { this.showError(reason); }); };
    return { trans: this.trans, show };
  }

  /** What the last check found; before one, what reading alone found. */
  private showReport(): void {
    const { report, plan } = this.context.flow;
    const nodes = report === null
      ? [...problemNodes(plan.problems, "error", this.shown), ...problemNodes(plan.warnings, "warning", this.shown)]
      : reportNodes(report, this.shown);
    this.report.replaceChildren(...nodes);
  }

  private check(): Promise<void> {
    return this.run(this.trans.__("Trying the module in the sandbox…"), async () => {
      await this.context.documents.saveAll();
      await this.context.flow.check(this.building);
      this.showReport();
      this.report.scrollIntoView({ block: "nearest" });
    });
  }

  private publish(): Promise<void> {
    return this.run(this.trans.__("Trying the module in the sandbox…"), async () => {
      await this.context.documents.saveAll();
      try {
        if ((await this.context.flow.publish(this.building, (version) => this.mayRepeat(version))) !== null) {
          this.context.go("result");
        }
      } catch (reason) {
        throw await this.explained(reason);
      }
    });
  }

  private async mayRepeat(version: string): Promise<boolean> {
    const answer = await showDialog({
      title: this.trans.__("Publish the same files again?"),
      body: this.trans.__("Nothing has changed since %1.", version),
      buttons: [
        Dialog.cancelButton({ label: this.trans.__("Cancel") }),
        Dialog.okButton({ label: this.trans.__("Publish again") }),
      ],
      defaultButton: 0,
    });
    return answer.button.accept;
  }

  /** A module that failed its check is checked by itself, for the lines and remedies. */
  private async explained(reason: unknown): Promise<unknown> {
    if (reason instanceof PlatformError && reason.code === CHECK_FAILED) {
      await this.context.flow.check(this.building);
      this.showReport();
    }
    return reason;
  }
}
