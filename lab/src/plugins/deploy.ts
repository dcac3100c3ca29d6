import { ILabShell, type JupyterFrontEnd, type JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ICommandPalette, Notification, showErrorMessage } from "@jupyterlab/apputils";
import { INotebookTracker } from "@jupyterlab/notebook";
import { ITranslator, nullTranslator, type TranslationBundle } from "@jupyterlab/translation";

import type { DeployFlow } from "../deployFlow";
import { mayFrame } from "../framing";
import { deployIcon } from "../icons";
import { NotebookSide } from "../notebookSide";
import { openPage } from "../pages";
import { messageOf } from "../problem";
import { IPlatform, TRANSLATION_DOMAIN } from "../tokens";
import { appPage } from "../widgets/appPage";
import { DeployPanel } from "../widgets/deploy/panel";

const OPEN = "openmo:deploy";
const INSERT = "openmo:insert-handle";
const RANK = 650;

/** The *Deploy* panel at the left: from cells to a live app. */
export const deploy: JupyterFrontEndPlugin<void> = {
  id: "@openmo/lab:deploy",
  description: "Turns a notebook's cells into an app and publishes it.",
  autoStart: true,
  requires: [ILabShell, INotebookTracker, IPlatform],
  optional: [ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    shell: ILabShell,
    notebooks: INotebookTracker,
    platform: IPlatform,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
  ): void => {
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    const notebook = new NotebookSide(notebooks, trans);
    const test = (page: string): void => { show(shell, page, trans.__("Test the app")); };
    const showCalls = (page: string): void => { show(shell, page, trans.__("Calls of the app")); };
    const onDeployed = (flow: DeployFlow): void => { announce(flow, test, trans); };
    const panel = new DeployPanel({ platform, notebook, trans, test, showCalls, onDeployed });
    shell.add(panel, "left", { rank: RANK, type: "OpenMo" });
    app.commands.addCommand(OPEN, {
      label: trans.__("Deploy as App"),
      caption: trans.__("Turn cells of the notebook into an app and publish it"),
      icon: deployIcon,
      execute: () => { shell.activateById(panel.id); },
    });
    app.commands.addCommand(INSERT, {
      label: trans.__("Insert handle function"),
      caption: trans.__("Put a template of the function that an app runs into the selected cell"),
      isEnabled: () => notebooks.currentWidget !== null,
      execute: async () => {
        try {
          await notebook.insertHandle();
        } catch (reason) {
          await showErrorMessage(trans.__("Cannot insert the function"), messageOf(reason));
        }
      },
    });
    notebooks.currentChanged.connect(() => { app.commands.notifyCommandChanged(INSERT); });
    for (const command of [OPEN, INSERT]) {
      palette?.addItem({ command, category: "OpenMo" });
    }
  },
};

/** A page of the app beside the notebook, or in the browser where it refuses to be framed. */
function show(shell: ILabShell, page: string, label: string): void {
  if (!mayFrame(page, window.location.href)) {
    openPage(page);
    return;
  }
  const widget = appPage(page, label);
  shell.add(widget, "main", { mode: "split-right" });
  shell.activateById(widget.id);
}

function announce(flow: DeployFlow, test: (page: string) => void, trans: TranslationBundle): void {
  const release = flow.released;
  if (release !== null) {
    Notification.success(trans.__("The app is live: version %1.", release.version), {
      autoClose: 10_000,
      actions: [
        { label: trans.__("Test"), callback: () => { test(release.page); } },
        { label: trans.__("Open page"), displayType: "link", callback: () => { openPage(release.page); } },
      ],
    });
  }
}
