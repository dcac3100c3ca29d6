import { Dialog, Notification, showDialog, showErrorMessage } from "@jupyterlab/apputils";
import type { TranslationBundle } from "@jupyterlab/translation";
import { Widget } from "@lumino/widgets";
import { h } from "@openmo/shared/dom";
import { messageOf } from "@openmo/shared/problems";
import type { CallChangeView, ModuleUpdateView } from "@openmo/shared/rest-api";

import type { IImportTalk } from "../../modules/imports";

const UNDO_MS = 15_000;

/** Dialogs and notifications about what the project imports. */
export class ImportTalk implements IImportTalk {
  constructor(private readonly trans: TranslationBundle) {}

  async agrees(preview: ModuleUpdateView): Promise<boolean> {
    const { trans } = this;
    const { button } = await showDialog({
      title: trans.__("Update to %1?", preview.after),
      body: new Widget({ node: changesOf(preview, trans) }),
      buttons: [Dialog.cancelButton({ label: trans.__("Cancel") }), Dialog.okButton({ label: trans.__("Update") })],
    });
    return button.accept;
  }

  isNewest(preview: ModuleUpdateView): void {
    Notification.info(this.trans.__("%1 is the newest version.", preview.before), { autoClose: 8_000 });
  }

  updated(done: ModuleUpdateView, undo: () => void): void {
    const { trans } = this;
    const text = trans.__("Updated to %1. Lines changed: %2. What kernels have loaded stays until they restart.", done.after, done.calls.length);
    Notification.success(text, { autoClose: UNDO_MS, actions: [{ label: trans.__("Undo"), callback: undo }] });
  }

  removed(identifier: string, undo: () => void): void {
    const { trans } = this;
    Notification.info(trans.__("%1 is no longer imported.", identifier), {
      autoClose: UNDO_MS,
      actions: [{ label: trans.__("Undo"), callback: undo }],
    });
  }

  failed(reason: unknown): void {
    void showErrorMessage(this.trans.__("The imports could not be changed"), messageOf(reason));
  }
}

function changesOf(preview: ModuleUpdateView, trans: TranslationBundle): HTMLElement {
  const skipped = preview.skipped.map((each) => h("p", { class: "openmo-Module-error" }, `${each.file}: ${each.why}`));
  if (preview.calls.length === 0) {
    return h("div", { class: "openmo-Update" }, h("p", {}, trans.__("No notebook or script names this version.")), ...skipped);
  }
  return h(
    "div", { class: "openmo-Update" },
    h("p", {}, trans.__("These lines change; the files are saved first, and you can undo it.")),
    h("ul", {}, ...preview.calls.map((call) => changeOf(call, trans))),
    ...skipped,
  );
}

function changeOf(call: CallChangeView, trans: TranslationBundle): HTMLElement {
  const place = call.cell === null
    ? trans.__("%1, line %2", call.file, call.line)
    : trans.__("%1, cell %2, line %3", call.file, call.cell, call.line);
  return h("li", {}, place, h("del", {}, call.before), h("ins", {}, call.after));
}
