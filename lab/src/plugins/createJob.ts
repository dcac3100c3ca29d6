import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import {
  ICommandPalette,
  IToolbarWidgetRegistry,
  Notification,
  showErrorMessage,
} from "@jupyterlab/apputils";
import type { IDocumentWidget } from "@jupyterlab/docregistry";
import { type FileEditor, IEditorTracker } from "@jupyterlab/fileeditor";
import { ITranslator, nullTranslator, type TranslationBundle } from "@jupyterlab/translation";
import { ToolbarButton } from "@jupyterlab/ui-components";

import { createJobIcon } from "../icons";
import type { Job } from "../jobs";
import { openPage } from "../pages";
import { isPythonScript } from "../paths";
import { messageOf } from "../problem";
import { IJobNotices, IPlatform, TRANSLATION_DOMAIN } from "../tokens";
import { askForJob } from "../widgets/jobDialog";

const COMMAND = "openmo:create-job";
const TOOLBAR_ITEM = "openmo-create-job";

type Editor = IDocumentWidget<FileEditor>;

/** *Create job* in the toolbar of a `.py` editor and in the command palette. */
export const createJob: JupyterFrontEndPlugin<void> = {
  id: "@openmo/lab:create-job",
  description: "Runs the script in the editor as a job.",
  autoStart: true,
  requires: [IEditorTracker, IPlatform, IJobNotices],
  optional: [IToolbarWidgetRegistry, ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    editors: IEditorTracker,
    platform: IPlatform,
    notices: IJobNotices,
    toolbars: IToolbarWidgetRegistry | null,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
  ): void => {
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    const run = (editor: Editor): Promise<void> => createJobFrom(editor, platform, notices, trans);
    const currentScript = (): Editor | null => {
      const editor = editors.currentWidget;
      return editor !== null && isPythonScript(editor.context.path) ? editor : null;
    };
    app.commands.addCommand(COMMAND, {
      label: trans.__("Create Job"),
      caption: trans.__("Save the script and run a copy of the project's code as a job"),
      icon: createJobIcon,
      isEnabled: () => currentScript() !== null,
      execute: async () => {
        const editor = currentScript();
        if (editor !== null) {
          await run(editor);
        }
      },
    });
    editors.currentChanged.connect(() => { app.commands.notifyCommandChanged(COMMAND); });
    palette?.addItem({ command: COMMAND, category: "OpenMo" });
    // A factory rather than the command: with two editors side by side each toolbar speaks for its own file.
    toolbars?.addFactory<Editor>("Editor", TOOLBAR_ITEM, (editor) => createJobButton(editor, run, trans));
  },
};

function createJobButton(editor: Editor, run: (editor: Editor) => Promise<void>, trans: TranslationBundle): ToolbarButton {
  const button = new ToolbarButton({
    icon: createJobIcon,
    label: trans.__("Create Job"),
    tooltip: trans.__("Save the script and run a copy of the project's code as a job"),
    onClick: () => void run(editor),
  });
  button.addClass("openmo-ToolbarButton");
  const update = (): void => { button.setHidden(!isPythonScript(editor.context.path)); };
  editor.context.pathChanged.connect(update);
  button.disposed.connect(() => editor.context.pathChanged.disconnect(update));
  update();
  return button;
}

async function createJobFrom(
  editor: Editor,
  platform: IPlatform,
  notices: IJobNotices,
  trans: TranslationBundle,
): Promise<void> {
  try {
    if (editor.context.model.dirty) {
      await editor.context.save();
    }
    const job = await askForJob(editor.context.path, (request) => platform.createJob(request), trans);
    if (job !== null) {
      announce(job, trans);
      notices.watch(job);
    }
  } catch (reason) {
    await showErrorMessage(trans.__("Cannot create the job"), messageOf(reason));
  }
}

function announce(job: Job, trans: TranslationBundle): void {
  Notification.info(trans.__("Job %1 is created.", job.name), {
    autoClose: 8_000,
    actions: [{ label: trans.__("View job"), displayType: "link", callback: () => { openPage(job.url); } }],
  });
}
