import type { ISessionContext } from "@jupyterlab/apputils";
import type { Cell, ICodeCellModel } from "@jupyterlab/cells";

/** What is run, and where. */
export interface ICellRun {
  readonly cell: Pick<Cell, "isDisposed" | "model">;
  readonly sessionContext?: Pick<ISessionContext, "isReady" | "ready">;
}

/**
 * Resolves once the notebook has had its first kernel, or has failed to start one; meanwhile the cell is marked as one that
 * will run. Resolves to false where the cell is gone by then.
 */
export async function kernelStarted({ cell, sessionContext }: ICellRun): Promise<boolean> {
  if (cell.model.type === "code" && sessionContext?.isReady === false) {
    (cell.model as ICodeCellModel).executionState = "running";
    await sessionContext.ready;
  }
  return !cell.isDisposed;
}
