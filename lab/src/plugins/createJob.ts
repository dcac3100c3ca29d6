import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ICommandPalette, IToolbarWidgetRegistry, Notification, showErrorMessage } from "@jupyterlab/apputils";
import type { IDocumentWidget } from "@jupyterlab/docregistry";
import { type FileEditor, IEditorTracker } from "@jupyterlab/fileeditor";
import { INotebookTracker, type NotebookPanel } from "@jupyterlab/notebook";
import { ITranslator, nullTranslator, type TranslationBundle } from "@jupyterlab/translation";
import type { ToolbarButton } from "@jupyterlab/ui-components";
import { messageOf } from "@openmo/shared/problems";

import { ActionButton } from "../buttons";
import { createJobIcon } from "../icons";
import { JobCreator } from "../jobCreator";
import type { Job } from "../jobs";
import { baseName, isPythonScript } from "../paths";
import { IJobCreator, IJobTabs, IJobs, IPlatform, TRANSLATION_DOMAIN } from "../tokens";

const COMMAND = "openmo:create-job";
const TOOLBAR_ITEM = "openmo-create-job";

type Editor = IDocumentWidget<FileEditor>;
type Source = Editor | NotebookPanel;

/** *Create Job* in the toolbars of `.py` editors and notebooks and in the command palette. */
export const createJob: JupyterFrontEndPlugin<IJobCreator> = {
  id: "@openmo/lab:create-job",
  description: "Runs a script or a notebook as a job.",
  autoStart: true,
  provides: IJobCreator,
  requires: [IEditorTracker, INotebookTracker, IPlatform, IJobs, IJobTabs],
  optional: [IToolbarWidgetRegistry, ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    editors: IEditorTracker,
    notebooks: INotebookTracker,
    platform: IPlatform,
    jobs: IJobs,
    tabs: IJobTabs,
    toolbars: IToolbarWidgetRegistry | null,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
  ): IJobCreator => {
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    const created = (job: Job): void => {
      jobs.put(job);
      announce(job, tabs, trans);
    };
    const creator = new JobCreator(app, platform, trans, created, (script, makeJob) => { announceConsole(script, makeJob, trans); });
    const run = runner(creator, trans);
    const current = (): Source | null => {
      const shown = app.shell.currentWidget;
      if (shown !== null && shown === notebooks.currentWidget) {
        return notebooks.currentWidget;
      }
      const editor = editors.currentWidget;
      return editor !== null && shown === editor && isPythonScript(editor.context.path) ? editor : null;
    };
    app.commands.addCommand(COMMAND, {
      label: trans.__("Create Job"),
      caption: trans.__("Run a script or a notebook in the background, in a copy of the project's code"),
      icon: createJobIcon,
      execute: () => run(current()),
    });
    palette?.addItem({ command: COMMAND, category: "OpenMo" });
    // A factory rather than the command: with two editors side by side each toolbar speaks for its own file.
    toolbars?.addFactory<Editor>("Editor", TOOLBAR_ITEM, (editor) => scriptButton(editor, run, trans));
    toolbars?.addFactory<NotebookPanel>("Notebook", TOOLBAR_ITEM, (panel) => jobButton(() => void run(panel), trans));
    return {
      create: async ({ like } = {}) => {
        try {
          await (like === undefined ? creator.createFrom(current(), { chooses: true }) : creator.createLike(like));
        } catch (reason) {
          await showErrorMessage(trans.__("Cannot create the job"), messageOf(reason));
        }
      },
    };
  },
};

/** Opens the dialog for a document; a second click while it is being prepared does not open it twice. */
function runner(creator: JobCreator, trans: TranslationBundle): (source: Source | null) => Promise<void> {
  let isOpening = false;
  return async (source) => {
    if (isOpening) {
      return;
    }
    isOpening = true;
    try {
      await creator.createFrom(source);
    } catch (reason) {
      await showErrorMessage(trans.__("Cannot create the job"), messageOf(reason));
    } finally {
      isOpening = false;
    }
  };
}

function jobButton(onClick: () => void, trans: TranslationBundle): ToolbarButton {
  const button = new ActionButton({
    icon: createJobIcon,
    label: trans.__("Create Job"),
    tooltip: trans.__("Save it and run it in the background, in a copy of the project's code"),
    onClick,
  });
  button.addClass("openmo-ToolbarButton");
  return button;
}

function scriptButton(editor: Editor, run: (editor: Editor) => Promise<void>, trans: TranslationBundle): ToolbarButton {
  const button = jobButton(() => void run(editor), trans);
  const update = (): void => { button.setHidden(!isPythonScript(editor.context.path)); };
  editor.context.pathChanged.connect(update);
  button.disposed.connect(() => editor.context.pathChanged.disconnect(update));
  update();
  return button;
}

function announceConsole(script: string, makeJob: () => void, trans: TranslationBundle): void {
  const text = trans.__("%1 runs in a console, not as a job: it has no log, charts or notice, and ends with its kernel.", baseName(script));
  Notification.info(text, { autoClose: 12_000, actions: [{ label: trans.__("Create Job"), callback: makeJob }] });
}

function announce(job: Job, tabs: IJobTabs, trans: TranslationBundle): void {
  Notification.info(trans.__("Job %1 is created.", job.name), {
    autoClose: 8_000,
    actions: [{ label: trans.__("Open log"), callback: () => { tabs.open(job, "log"); } }],
  });
}
