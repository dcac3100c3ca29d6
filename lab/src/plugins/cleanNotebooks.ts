import type { JupyterFrontEndPlugin } from "@jupyterlab/application";
import { INotebookTracker, type NotebookPanel } from "@jupyterlab/notebook";

/** A notebook that is opened and not touched has nothing to save. */
export const cleanNotebooks: JupyterFrontEndPlugin<void> = {
  id: "@openmo/lab:clean-notebooks",
  description: "Keeps a notebook unchanged while its kernel only introduces itself.",
  autoStart: true,
  requires: [INotebookTracker],
  activate: (_app, notebooks: INotebookTracker): void => {
    notebooks.widgetAdded.connect((_, panel) => { void keepClean(panel); });
  },
};

/** What JupyterLab writes into the notebook as soon as its kernel has started. */
const OF_KERNELS = ["kernelspec", "language_info"];

/**
 * JupyterLab calls a notebook changed once its kernel has started. That goes into the file with the
 * first change that a person makes.
 */
async function keepClean(panel: NotebookPanel): Promise<void> {
  await panel.context.ready;
  const model = panel.context.model;
  let edits = 0; // changes of content other than those: a change of metadata counts as one of content, too
  model.contentChanged.connect(() => { edits++; });
  model.metadataChanged.connect((_, change) => { edits -= OF_KERNELS.includes(change.key) ? 1 : 0; });
  model.stateChanged.connect((_, change) => {
    if (change.name === "dirty" && model.dirty) {
      window.setTimeout(() => {
        if (edits <= 0 && !panel.isDisposed) {
          model.dirty = false;
        }
      }, 0);
    }
  });
}
