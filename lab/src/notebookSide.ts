import { Notification } from "@jupyterlab/apputils";
import { type INotebookTracker, NotebookActions, type NotebookPanel } from "@jupyterlab/notebook";
import type { TranslationBundle } from "@jupyterlab/translation";
import { type ISignal, Signal } from "@lumino/signaling";

import { definesHandle, handleTemplate } from "./handleTemplate";
import type { INotebookSide } from "./widgets/wizard/notebook";

/** The notebook that the user had in front last. */
export class NotebookSide implements INotebookSide {
  private readonly changedSignal = new Signal<INotebookSide, void>(this);

  constructor(
    private readonly notebooks: INotebookTracker,
    private readonly trans: TranslationBundle,
  ) {
    const emit = (): void => { this.changedSignal.emit(); };
    notebooks.currentChanged.connect((_, panel) => {
      emit();
      void panel?.context.ready.then(emit);
    });
    notebooks.activeCellChanged.connect(emit);
  }

  get changed(): ISignal<INotebookSide, void> {
    return this.changedSignal;
  }

  get hasHandle(): boolean {
    return this.handleIndex(this.notebooks.currentWidget) >= 0;
  }

  get path(): string | null {
    return this.notebooks.currentWidget?.context.path ?? null;
  }

  async save(path: string): Promise<void> {
    const panel = this.notebooks.find((each) => each.context.path === path);
    if (panel?.context.model.dirty) {
      await panel.context.save();
    }
  }

  async insertHandle(): Promise<void> {
    const panel = this.panel();
    await panel.context.ready;
    const notebook = panel.content;
    const existing = this.handleIndex(panel);
    if (existing >= 0) { // two would be one too many: the last counts
      notebook.activeCellIndex = existing;
      await notebook.scrollToItem(existing, "smart");
      Notification.info(this.trans.__("This notebook has a handle function already; its cell is selected."), { autoClose: 8000 });
      return;
    }
    const active = notebook.activeCell?.model;
    if (active?.type !== "code" || active.sharedModel.getSource().trim() !== "") {
      NotebookActions.insertBelow(notebook);
    }
    notebook.activeCell?.model.sharedModel.setSource(handleTemplate(this.trans));
    await NotebookActions.focusActiveCell(notebook);
    this.changedSignal.emit();
  }

  reveal(path: string, cell: number): void {
    const panel = this.notebooks.currentWidget;
    const notebook = panel?.context.path === path ? panel.content : undefined;
    const widget = notebook?.widgets[cell];
    if (notebook !== undefined && widget !== undefined) {
      notebook.activeCellIndex = cell;
      void notebook.scrollToItem(cell, "smart");
    }
  }

  /** Where the cell is that defines the function; -1: nowhere. */
  private handleIndex(panel: NotebookPanel | null): number {
    const cells = panel?.content.widgets ?? [];
    return cells.findIndex(({ model }) => model.type === "code" && definesHandle(model.sharedModel.getSource()));
  }

  private panel(): NotebookPanel {
    const panel = this.notebooks.currentWidget;
    if (panel === null) {
      throw new Error(this.trans.__("Open a notebook first."));
    }
    return panel;
  }
}
