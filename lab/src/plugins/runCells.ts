import type { JupyterFrontEndPlugin } from "@jupyterlab/application";
import { INotebookCellExecutor, runCell } from "@jupyterlab/notebook";

import { kernelStarted } from "../kernelStart";

/** In the place of JupyterLab's own: that does nothing, or asks which kernel to start, while the first one starts. */
export const runCells: JupyterFrontEndPlugin<INotebookCellExecutor> = {
  id: "@openmo/lab:run-cells",
  description: "Runs cells; those that are run while the first kernel starts, as soon as it has.",
  autoStart: true,
  provides: INotebookCellExecutor,
  activate: () => Object.freeze<INotebookCellExecutor>({
    runCell: async (options) => (await kernelStarted(options)) && runCell(options),
  }),
};
