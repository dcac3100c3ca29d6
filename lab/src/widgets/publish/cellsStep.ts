import { button } from "../../buttons";
import { CellList } from "../wizard/cellList";
import { hint } from "../wizard/step";
import { type IPublishContext, PublishStep } from "./step";

/** Which cells make main.py: proposed with reasons, decided by the user. */
export class CellsStep extends PublishStep {
  constructor(context: IPublishContext) {
    super(context, context.trans.__("Choose cells"));
    const { flow, notebook, trans } = context;
    const cells = new CellList({
      cells: flow.preparation.cells,
      isTicked: (cell) => flow.isTicked(cell),
      tick: (cell, ticked) => { flow.tick(cell, ticked); },
      reveal: (index) => { notebook.reveal(flow.path, index); },
      trans,
    });
    this.body.append(hint(trans.__("Ticked cells go into main.py. Those that train, predict and run need are ticked already.")), ...cells.nodes);
    this.setButtons(
      this.backButton("start"),
      button(trans.__("Next"), () => void this.next(), { primary: true }),
    );
  }

  private next(): Promise<void> {
    return this.run(this.trans.__("Making main.py…"), async () => {
      await this.context.notebook.save(this.context.flow.path); // a cell may have been mended since it was read
      await this.context.flow.prepare();
      this.context.go("code");
    });
  }
}
