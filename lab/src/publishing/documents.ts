import type { JupyterFrontEnd } from "@jupyterlab/application";
import type { IDocumentManager } from "@jupyterlab/docmanager";
import { FileEditor } from "@jupyterlab/fileeditor";

/** The project's files as the user has them open. */
export class OpenDocuments {
  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly documents: IDocumentManager,
  ) {}

  /** What was typed into open files is on the disk. */
  async saveAll(): Promise<void> {
    const widgets = [...this.app.shell.widgets("main")];
    for (const context of new Set(widgets.map((widget) => this.documents.contextForWidget(widget)))) {
      if (context?.model.dirty && !context.model.readOnly) {
        await context.save();
      }
    }
  }

  /** Shows the file, at its line where there is one. */
  async show(path: string, line: number | null = null): Promise<void> {
    const widget = this.documents.openOrReveal(path);
    await widget?.context.ready;
    if (widget?.content instanceof FileEditor && line !== null) {
      const { editor } = widget.content;
      const position = { line: line - 1, column: 0 };
      editor.setCursorPosition(position);
      editor.revealPosition(position);
      editor.focus();
    }
  }

  /** These files are shown as they are on the disk now, and listed. */
  async reload(...paths: string[]): Promise<void> {
    for (const path of paths) {
      const widget = this.documents.findWidget(path);
      if (widget !== undefined) {
        await this.documents.contextForWidget(widget)?.revert();
      }
    }
    await this.app.commands.execute("filebrowser:refresh").catch(() => undefined); // the list looks by itself a little later
  }
}
