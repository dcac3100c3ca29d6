import type { TranslationBundle } from "@jupyterlab/translation";
import { h } from "@openmo/shared/dom";
import { sizeText } from "@openmo/shared/sizes";

interface IFile {
  readonly path: string;
  readonly bytes: number;
  /** What stands behind its size: how many files there are, why it is ticked. */
  readonly notes: readonly string[];
}

interface IOptions {
  readonly files: readonly IFile[];
  readonly isSelected: (path: string) => boolean;
  readonly select: (path: string, selected: boolean) => void;
  readonly trans: TranslationBundle;
}

/** Files, each with a box and its size, and the size of those that are ticked. */
export class FileList {
  readonly nodes: readonly HTMLElement[];
  private readonly total = h("p", { class: "openmo-Deploy-hint" });

  constructor(private readonly options: IOptions) {
    const rows = options.files.map((file) => this.row(file));
    this.nodes = [h("ul", { class: "openmo-Deploy-list openmo-Deploy-files" }, ...rows), this.total];
    this.showTotal();
  }

  private row(file: IFile): HTMLLIElement {
    const { isSelected, select } = this.options;
    const box = h("input", { type: "checkbox", checked: isSelected(file.path) });
    box.addEventListener("change", () => {
      select(file.path, box.checked);
      this.showTotal();
    });
    const label = h("label", { title: file.path }, box, h("code", {}, file.path));
    const note = [sizeText(file.bytes), ...file.notes].filter((text) => text !== "").join(" · ");
    return h("li", {}, label, h("span", { class: "openmo-Deploy-why" }, note));
  }

  private showTotal(): void {
    const { files, isSelected, trans } = this.options;
    const bytes = files.filter(({ path }) => isSelected(path)).reduce((sum, file) => sum + file.bytes, 0);
    this.total.textContent = trans.__("Together: %1", sizeText(bytes));
  }
}
