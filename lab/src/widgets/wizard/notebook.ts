import type { ISignal } from "@lumino/signaling";

/** The notebook beside the panel, as far as the panels need it. */
export interface INotebookSide {
  /** The path of the notebook in front; null: there is none. */
  readonly path: string | null;
  /** Whether a cell of it defines the function that an app runs. */
  readonly hasHandle: boolean;
  /** Another notebook is in front, or another of its cells. */
  readonly changed: ISignal<INotebookSide, void>;
  /** The notebook of that path is on the disk as it is shown. */
  save(path: string): Promise<void>;
  /** Puts the template of `handle` into the selected cell, or below it when it holds something. */
  insertHandle(): Promise<void>;
  /** Shows the cell to the user, where its notebook is in front. */
  reveal(path: string, cell: number): void;
}
