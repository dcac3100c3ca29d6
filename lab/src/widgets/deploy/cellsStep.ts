import { DOMUtils } from "@jupyterlab/apputils";
import { h } from "@openmo/shared/dom";
import type { CellView } from "@openmo/shared/rest-api";

import { button, linkButton } from "../../buttons";
import { type IStepContext, StepWidget, hint } from "./step";
import { cellReason } from "./wording";

/** With more cells than this, those that are ticked can be shown alone. */
const MANY = 8;

/** Which cells make handler.py: proposed with reasons, decided by the user. */
export class CellsStep extends StepWidget {
  private readonly rows: readonly { readonly cell: CellView; readonly node: HTMLLIElement }[];
  private readonly onlyTicked = h("input", { type: "checkbox" });
  private readonly count = h("span", {});

  constructor(context: IStepContext) {
    super(context, context.trans.__("Choose cells"));
    const { cells } = context.flow.preparation;
    this.rows = cells.map((cell) => ({ cell, node: this.row(cell) }));
    const filter = h("label", { class: "openmo-Deploy-filter", hidden: cells.length <= MANY }, this.onlyTicked, this.count);
    this.onlyTicked.addEventListener("change", () => { this.filter(); });
    const list = h("ul", { class: "openmo-Deploy-list" }, ...this.rows.map(({ node }) => node));
    this.body.append(hint(this.trans.__("Ticked cells go into handler.py. Those that handle needs are ticked already.")), filter, list);
    this.showCount();
    this.setButtons(
      this.backButton("start"),
      button(this.trans.__("Next"), () => void this.next(), { primary: true }),
    );
  }

  private row(cell: CellView): HTMLLIElement {
    const box = h("input", { type: "checkbox", checked: this.context.flow.isTicked(cell) });
    box.addEventListener("change", () => {
      this.context.flow.tick(cell, box.checked);
      this.showCount(); // the row stays where it is, also where only ticked ones are shown: a slip can be undone
    });
    const head = h("code", {}, cell.source_head || this.trans.__("(empty)"));
    const label = h("label", { title: cell.source_head }, box, head);
    const row = h("li", {}, label);
    const why = cell.problem === "" ? cellReason(cell, this.trans) : this.trans.__("not plain Python: %1", cell.problem);
    const note = h("span", { id: DOMUtils.createDomID(), class: "openmo-Deploy-why" });
    note.textContent = [this.trans.__("Cell %1", cell.index + 1), why].filter((text) => text !== "").join(" · ");
    box.setAttribute("aria-describedby", note.id);
    box.addEventListener("focus", () => { this.context.notebook.reveal(this.context.flow.path, cell.index); });
    const show = linkButton(this.trans.__("Show"), () => { this.context.notebook.reveal(this.context.flow.path, cell.index); });
    show.title = this.trans.__("Show it in the notebook");
    show.setAttribute("aria-label", this.trans.__("Show cell %1 in the notebook", cell.index + 1));
    note.append(" · ", show);
    row.append(note);
    return row;
  }

  private filter(): void {
    for (const { cell, node } of this.rows) {
      node.hidden = this.onlyTicked.checked && !this.context.flow.isTicked(cell);
    }
  }

  private showCount(): void {
    const ticked = this.rows.filter(({ cell }) => this.context.flow.isTicked(cell)).length;
    this.count.textContent = this.trans.__("Only the ticked ones (%1 of %2)", ticked, this.rows.length);
  }

  private next(): Promise<void> {
    return this.run(this.trans.__("Making handler.py…"), async () => {
      await this.context.notebook.save(this.context.flow.path); // a cell may have been mended since it was read
      await this.context.flow.prepare();
      this.context.go("code");
    });
  }
}
