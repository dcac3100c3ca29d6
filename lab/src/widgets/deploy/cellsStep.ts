import { DOMUtils } from "@jupyterlab/apputils";
import { h } from "@openmo/shared/dom";
import type { CellView } from "@openmo/shared/rest-api";

import { button } from "../../buttons";
import { type IStepContext, StepWidget, hint } from "./step";
import { cellReason } from "./wording";

/** Which cells make handler.py: proposed with reasons, decided by the user. */
export class CellsStep extends StepWidget {
  constructor(context: IStepContext) {
    super(context, context.trans.__("Choose cells"));
    const list = h("ul", { class: "openmo-Deploy-list" });
    list.append(...context.flow.preparation.cells.map((cell) => this.row(cell)));
    this.body.append(hint(this.trans.__("Ticked cells go into handler.py. Those that handle needs are ticked already.")), list);
    this.setButtons(
      this.backButton("start"),
      button(this.trans.__("Next"), () => void this.next(), { primary: true }),
    );
  }

  private row(cell: CellView): HTMLLIElement {
    const box = h("input", { type: "checkbox", checked: this.context.flow.isTicked(cell) });
    box.addEventListener("change", () => { this.context.flow.tick(cell, box.checked); });
    const head = h("code", {}, cell.source_head || this.trans.__("(empty)"));
    const label = h("label", { title: cell.source_head }, box, head);
    const row = h("li", {}, label);
    const why = cell.problem === "" ? cellReason(cell, this.trans) : this.trans.__("not plain Python: %1", cell.problem);
    const note = h("span", { id: DOMUtils.createDomID(), class: "openmo-Deploy-why" });
    note.textContent = [this.trans.__("Cell %1", cell.index + 1), why].filter((text) => text !== "").join(" · ");
    box.setAttribute("aria-describedby", note.id);
    box.addEventListener("focus", () => { this.context.notebook.reveal(this.context.flow.path, cell.index); });
    row.append(note);
    return row;
  }

  private next(): Promise<void> {
    return this.run(this.trans.__("Making handler.py…"), async () => {
      await this.context.notebook.save(this.context.flow.path); // a cell may have been mended since it was read
      await this.context.flow.prepare();
      this.context.go("code");
    });
  }
}
