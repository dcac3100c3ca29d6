import { type INotebookTracker, NotebookActions, type NotebookPanel } from "@jupyterlab/notebook";
import type { TranslationBundle } from "@jupyterlab/translation";
import type { ModuleCodeView } from "@openmo/shared/rest-api";

import { type ICodeTarget, type UndoableNotebook, codeCells, insertCode } from "./insertion";

/** The notebook that the user had in front last, also while a module's tab is in front of it. */
export class LastNotebook implements ICodeTarget {
  /** Cells by id that ran since the kernel started, as far as this page saw it. */
  private readonly executed = new WeakMap<NotebookPanel, Set<string>>();

  /** `show` brings a widget to the front. */
  constructor(
    private readonly notebooks: INotebookTracker,
    private readonly trans: TranslationBundle,
    private readonly show: (id: string) => void,
  ) {
    notebooks.widgetAdded.connect((_, panel) => { this.follow(panel); });
    notebooks.forEach((panel) => { this.follow(panel); });
    NotebookActions.executed.connect((_, { notebook, cell, success }) => {
      const panel = notebooks.find((each) => each.content === notebook);
      if (success && panel !== undefined) {
        this.executed.get(panel)?.add(cell.model.id);
      }
    });
  }

  async codeCells(): Promise<readonly string[]> {
    return codeCells(await this.opened());
  }

  async insert(code: ModuleCodeView): Promise<string> {
    const shared = await this.opened();
    const panel = this.panel;
    const notebook = panel.content;
    const { place, clientId } = insertCode(shared, notebook.activeCellIndex, code);
    notebook.activeCellIndex = place;
    notebook.deselectAll();
    this.runClient(panel, clientId);
    this.reveal();
    return panel.context.localPath;
  }

  /** Brings the notebook to the front, its selected cell in view, ready for Shift+Enter. */
  reveal(): void {
    const panel = this.panel;
    this.show(panel.id);
    panel.content.mode = "command";
    panel.content.activate();
    void panel.content.scrollToItem(panel.content.activeCellIndex, "smart");
  }

  /** The call needs the client, which only its cell can make: it runs unless it has, so that Shift+Enter is enough. */
  private runClient(panel: NotebookPanel, id: string): void {
    const cell = panel.content.widgets.find((each) => each.model.id === id);
    if (cell !== undefined && this.executed.get(panel)?.has(id) !== true) {
      void panel.sessionContext.ready.then(() => NotebookActions.runCells(panel.content, [cell], panel.sessionContext));
    }
  }

  private follow(panel: NotebookPanel): void {
    const forget = (): void => { this.executed.set(panel, new Set()); };
    forget();
    panel.sessionContext.kernelChanged.connect(forget);
    panel.sessionContext.statusChanged.connect((_, status) => {
      if (status === "restarting" || status === "autorestarting") {
        forget();
      }
    });
  }

  private async opened(): Promise<UndoableNotebook> {
    const { context } = this.panel;
    await context.ready;
    return context.model.sharedModel as UndoableNotebook;
  }

  private get panel(): NotebookPanel {
    const panel = this.notebooks.currentWidget;
    if (panel === null) {
      throw new Error(this.trans.__("Open a notebook first: the code goes into the cell that is selected there."));
    }
    return panel;
  }
}
