import { button, setPrimary } from "../../buttons";
import { part } from "../wizard/step";
import { DeployStep, type IStepContext } from "./step";

/** The three things that lead from a notebook to an app, in their order. */
export class StartStep extends DeployStep {
  private readonly insertButton: HTMLButtonElement;
  private readonly prepareButton: HTMLButtonElement;
  private readonly onNotebook = (): void => { this.showNext(); };

  constructor(context: IStepContext) {
    super(context, context.trans.__("From notebook to app"));
    const trans = this.trans;
    this.insertButton = button(trans.__("Insert handle function"), () => void this.insert());
    this.prepareButton = button(trans.__("Prepare files"), () => void this.prepare());
    this.body.append(
      part(trans.__("1. Write the function that the app runs."), this.insertButton),
      part(trans.__("2. Choose its cells and describe its inputs and outputs."), this.prepareButton),
      part(
        trans.__("3. Publish it as a page and an API."),
        button(trans.__("Deploy"), () => void this.files()),
      ),
    );
    this.showNext();
    context.notebook.changed.connect(this.onNotebook);
  }

  override dispose(): void {
    this.context.notebook.changed.disconnect(this.onNotebook);
    super.dispose();
  }

  /** What comes next for the notebook in front stands out. */
  private showNext(): void {
    const isWritten = this.context.notebook.hasHandle;
    setPrimary(this.insertButton, !isWritten);
    setPrimary(this.prepareButton, isWritten);
  }

  private insert(): Promise<void> {
    return this.run(this.trans.__("Inserting…"), () => this.context.notebook.insertHandle());
  }

  private prepare(): Promise<void> {
    return this.run(this.trans.__("Reading the notebook…"), async () => {
      const path = this.context.notebook.path;
      if (path === null) {
        throw new Error(this.trans.__("Open a notebook first."));
      }
      await this.context.notebook.save(path);
      const { cells } = await this.context.flow.open(path);
      if (!cells.some((cell) => cell.reason === "handler")) {
        throw new Error(this.trans.__("No cell of this notebook defines handle(conf), the function that the app runs. Insert it first."));
      }
      this.context.go("cells");
    });
  }

  private files(): Promise<void> {
    return this.run(this.trans.__("Looking at the project's files…"), async () => {
      await this.context.flow.findCandidates();
      this.context.go("files");
    });
  }
}
