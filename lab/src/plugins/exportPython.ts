import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { Dialog, ICommandPalette, IToolbarWidgetRegistry, showDialog, showErrorMessage } from "@jupyterlab/apputils";
import { IDocumentManager } from "@jupyterlab/docmanager";
import { INotebookTracker, type NotebookPanel } from "@jupyterlab/notebook";
import { ITranslator, nullTranslator, type TranslationBundle } from "@jupyterlab/translation";
import { PlatformError, messageOf } from "@openmo/shared/problems";

import { ActionButton } from "../buttons";
import { exportPythonIcon } from "../icons";
import { baseName, exportTarget } from "../paths";
import { IPlatform, TRANSLATION_DOMAIN } from "../tokens";

const COMMAND = "openmo:export-python";
const TOOLBAR_ITEM = "openmo-export-python";

/** The code of the server half's refusal to write over a file that the user wrote or edited. */
const WOULD_OVERWRITE = "export_would_overwrite";

/** *Export as Python* in the notebook's toolbar and in the command palette. */
export const exportPython: JupyterFrontEndPlugin<void> = {
  id: "@openmo/lab:export-python",
  description: "Writes the notebook as a Python script beside it and opens the script.",
  autoStart: true,
  requires: [INotebookTracker, IDocumentManager, IPlatform],
  optional: [IToolbarWidgetRegistry, ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    notebooks: INotebookTracker,
    documents: IDocumentManager,
    platform: IPlatform,
    toolbars: IToolbarWidgetRegistry | null,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
  ): void => {
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    const exporter = new Exporter(documents, platform, trans);
    app.commands.addCommand(COMMAND, {
      label: trans.__("Export as Python"),
      caption: trans.__("Save the notebook, write it as a Python script beside it, and open the script"),
      icon: exportPythonIcon,
      isEnabled: () => notebooks.currentWidget !== null,
      execute: async () => {
        const panel = notebooks.currentWidget;
        if (panel !== null) {
          await exporter.run(panel);
        }
      },
    });
    notebooks.currentChanged.connect(() => { app.commands.notifyCommandChanged(COMMAND); });
    palette?.addItem({ command: COMMAND, category: "OpenMo" });
    // A factory rather than the command: the notebook's toolbar would show the command's icon without its words.
    toolbars?.addFactory<NotebookPanel>("Notebook", TOOLBAR_ITEM, (panel) => {
      const button = new ActionButton({
        icon: exportPythonIcon,
        label: trans.__("Export as Python"),
        tooltip: trans.__("Save the notebook, write it as a Python script beside it, and open the script"),
        onClick: () => void exporter.run(panel),
      });
      button.addClass("openmo-ToolbarButton");
      return button;
    });
  },
};

class Exporter {
  constructor(
    private readonly documents: IDocumentManager,
    private readonly platform: IPlatform,
    private readonly trans: TranslationBundle,
  ) {}

  async run(panel: NotebookPanel): Promise<void> {
    const path = panel.context.path;
    try {
      if (panel.context.model.dirty) {
        await panel.context.save();
      }
      const written = await this.write(path, await this.confirmUnsaved(exportTarget(path)));
      if (written !== null) {
        await this.open(written);
      }
    } catch (reason) {
      await showErrorMessage(this.trans.__("Cannot export the notebook"), messageOf(reason));
    }
  }

  /** Returns the written path, or null when the user keeps what is there. */
  private async write(path: string, answer: OverwriteAnswer): Promise<string | null> {
    if (answer === "keep") {
      return null;
    }
    try {
      return (await this.platform.exportNotebook(path, { overwrite: answer === "overwrite" })).path;
    } catch (reason) {
      if (!(reason instanceof PlatformError) || reason.code !== WOULD_OVERWRITE) {
        throw reason;
      }
    }
    const target = exportTarget(path);
    const body = this.trans.__("%1 was not made by this export, or was edited since. Overwrite it?", baseName(target));
    return (await this.confirm(body)) ? this.write(path, "overwrite") : null;
  }

  /** Edits that exist only in an open editor would be lost without a trace on disk. */
  private async confirmUnsaved(target: string): Promise<OverwriteAnswer> {
    const editor = this.documents.findWidget(target);
    if (!editor?.context.model.dirty) {
      return "ask";
    }
    const body = this.trans.__("%1 is open with changes that are not saved. Overwrite it?", baseName(target));
    return (await this.confirm(body)) ? "overwrite" : "keep";
  }

  private async confirm(body: string): Promise<boolean> {
    const result = await showDialog({
      title: this.trans.__("Overwrite the script?"),
      body,
      buttons: [
        Dialog.cancelButton({ label: this.trans.__("Keep the script") }),
        Dialog.warnButton({ label: this.trans.__("Overwrite") }),
      ],
      defaultButton: 0,
    });
    return result.button.accept;
  }

  private async open(path: string): Promise<void> {
    // An editor that is already open still shows the script before this export.
    await this.documents.findWidget(path)?.context.revert();
    this.documents.openOrReveal(path);
  }
}

/** `ask`: let the server half decide whether the file on disk is ours. */
type OverwriteAnswer = "ask" | "overwrite" | "keep";
