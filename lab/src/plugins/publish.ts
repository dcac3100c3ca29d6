import { ILabShell, ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ICommandPalette } from "@jupyterlab/apputils";
import { IDocumentManager } from "@jupyterlab/docmanager";
import { INotebookTracker } from "@jupyterlab/notebook";
import { ITranslator, nullTranslator } from "@jupyterlab/translation";

import { publishIcon } from "../icons";
import { NotebookSide } from "../notebookSide";
import { makesModule } from "../projectKind";
import { OpenDocuments } from "../publishing/documents";
import { IPlatform, TRANSLATION_DOMAIN } from "../tokens";
import { PublishPanel } from "../widgets/publish/panel";

const OPEN = "openmo:publish";
const RANK = 650;

/** The *Publish* panel at the left of a project that makes a module, where one that makes an app has *Deploy*. */
export const publish: JupyterFrontEndPlugin<void> = {
  id: "@openmo/lab:publish",
  description: "Makes a module of the project, tries it and publishes it.",
  autoStart: true,
  requires: [ILabShell, INotebookTracker, IDocumentManager, IPlatform],
  optional: [ITranslator, ICommandPalette, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    shell: ILabShell,
    notebooks: INotebookTracker,
    documents: IDocumentManager,
    platform: IPlatform,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
  ): void => {
    if (!makesModule()) {
      return;
    }
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    const notebook = new NotebookSide(notebooks, trans);
    const panel = new PublishPanel({ platform, notebook, documents: new OpenDocuments(app, documents), trans });
    shell.add(panel, "left", { rank: RANK, type: "OpenMo" });
    restorer?.add(panel, panel.id);
    app.commands.addCommand(OPEN, {
      label: trans.__("Publish as Module"),
      caption: trans.__("Make a module of this project, try it and publish it"),
      icon: publishIcon,
      execute: () => { shell.activateById(panel.id); },
    });
    palette?.addItem({ command: OPEN, category: "OpenMo" });
  },
};
