import { DOMUtils } from "@jupyterlab/apputils";
import type { TranslationBundle } from "@jupyterlab/translation";
import { h } from "@openmo/shared/dom";
import type { CellView } from "@openmo/shared/rest-api";

import { linkButton } from "../../buttons";
import { cellReason } from "./wording";

/** With more cells than this, those that are ticked can be shown alone. */
const MANY = 8;

interface IOptions {
  readonly cells: readonly CellView[];
  readonly isTicked: (cell: CellView) => boolean;
  readonly tick: (cell: CellView, ticked: boolean) => void;
  /** Shows the cell in its notebook. */
  readonly reveal: (index: number) => void;
  readonly trans: TranslationBundle;
}

/** The cells of a notebook, each with a box, and why it is ticked. */
export class CellList {
  readonly nodes: readonly HTMLElement[];
  private readonly rows: readonly { readonly cell: CellView; readonly node: HTMLLIElement }[];
  private readonly onlyTicked = h("input", { type: "checkbox" });
  private readonly count = h("span", {});

  constructor(private readonly options: IOptions) {
    const { cells } = options;
    this.rows = cells.map((cell) => ({ cell, node: this.row(cell) }));
    const filter = h("label", { class: "openmo-Deploy-filter", hidden: cells.length <= MANY }, this.onlyTicked, this.count);
    this.onlyTicked.addEventListener("change", () => { this.filter(); });
    this.nodes = [filter, h("ul", { class: "openmo-Deploy-list" }, ...this.rows.map(({ node }) => node))];
    this.showCount();
  }

  private row(cell: CellView): HTMLLIElement {
    const { trans, reveal } = this.options;
    const box = h("input", { type: "checkbox", checked: this.options.isTicked(cell) });
    box.addEventListener("change", () => {
      this.options.tick(cell, box.checked);
      this.showCount(); // the row stays where it is, also where only ticked ones are shown: a slip can be undone
    });
    const head = h("code", {}, cell.source_head || trans.__("(empty)"));
    const label = h("label", { title: cell.source_head }, box, head);
    const row = h("li", {}, label);
    const why = cell.problem === "" ? cellReason(cell, trans) : trans.__("not plain Python: %1", cell.problem);
    const note = h("span", { id: DOMUtils.createDomID(), class: "openmo-Deploy-why" });
    note.textContent = [trans.__("Cell %1", cell.index + 1), why].filter((text) => text !== "").join(" · ");
    box.setAttribute("aria-describedby", note.id);
    box.addEventListener("focus", () => { reveal(cell.index); });
    const show = linkButton(trans.__("Show"), () => { reveal(cell.index); });
    show.title = trans.__("Show it in the notebook");
    show.setAttribute("aria-label", trans.__("Show cell %1 in the notebook", cell.index + 1));
    note.append(" · ", show);
    row.append(note);
    return row;
  }

  private filter(): void {
    for (const { cell, node } of this.rows) {
      node.hidden = this.onlyTicked.checked && !this.options.isTicked(cell);
    }
  }

  private showCount(): void {
    const ticked = this.rows.filter(({ cell }) => this.options.isTicked(cell)).length;
    this.count.textContent = this.options.trans.__("Only the ticked ones (%1 of %2)", ticked, this.rows.length);
  }
}
