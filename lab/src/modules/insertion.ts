/** From a filled form to code in the notebook. */
import type { ISharedCell, ISharedNotebook } from "@jupyter/ydoc";
import type { ModuleCodeView } from "@openmo/shared/rest-api";

import type { IPlatform } from "../tokens";
import type { ModuleCall } from "./values";

/** A notebook's model; its undo takes edits of one moment for one step unless `stopCapturing` is called. */
export type UndoableNotebook = ISharedNotebook & { readonly undoManager: { stopCapturing(): void } };

/** What a cell that makes the client, or gives its methods other names, cannot do without. */
const ABOUT_CLIENT = /Client|run|train|predict/;
/** A longer cell holds data, not code. */
const MAX_SOURCE = 100_000;

/** The notebook that code is put into. */
export interface ICodeTarget {
  /** The sources of its code cells, once it is loaded; rejects when no notebook is open. */
  codeCells(): Promise<readonly string[]>;
  /** Puts the code into it and shows it; resolves to the notebook's name. */
  insert(code: ModuleCodeView): Promise<string>;
}

/** Imports that version and puts the call into the notebook; wrong values are refused before anything is done. */
export async function insertCall(
  platform: Pick<IPlatform, "moduleCode" | "importModule">, target: ICodeTarget, call: ModuleCall,
): Promise<string> {
  const cells = await target.codeCells();
  const { method, values, ownEnvironment } = call;
  const code = await platform.moduleCode(call.module, { method, values, cells, own_environment: ownEnvironment });
  await platform.importModule(code.identifier);
  return target.insert(code);
}

/** The code cells in order: the sources of those that may be about the client, the others empty. */
export function codeCells(notebook: UndoableNotebook): string[] {
  const sources = codeCellsOf(notebook).map((cell) => cell.getSource());
  return sources.map((source) => (source.length <= MAX_SOURCE && ABOUT_CLIENT.test(source) ? source : ""));
}

/** Where the call is now, and which cell makes the client and does nothing else. */
export interface Inserted {
  readonly place: number;
  /** Empty: there is none that could be run without a question. */
  readonly clientId: string;
}

/**
 * Puts the call into the cell at `active` where that is an empty code cell, else into a new one below it, and the Client
 * cell, where one is needed, at the top: all of it is one step of the notebook's undo.
 */
export function insertCode(notebook: UndoableNotebook, active: number, code: ModuleCodeView): Inserted {
  const cell = notebook.cells[active];
  const isEmpty = cell?.cell_type === "code" && cell.getSource().trim() === "";
  const at = isEmpty ? active : Math.min(active + 1, notebook.cells.length);
  const client = code.runs_first === null ? undefined : codeCellsOf(notebook)[code.runs_first];
  const needsClient = code.client_cell !== "";
  notebook.undoManager.stopCapturing();
  notebook.transact(() => {
    if (isEmpty) {
      notebook.deleteCell(at); // a new one in its place, since the undo of a cell's own text is another
    }
    notebook.insertCell(at, newCell(code.cell));
    if (needsClient) {
      notebook.insertCell(0, newCell(code.client_cell));
    }
  });
  notebook.undoManager.stopCapturing();
  return needsClient
    ? { place: at + 1, clientId: notebook.cells[0]?.getId() ?? "" }
    : { place: at, clientId: client?.getId() ?? "" };
}

function codeCellsOf(notebook: UndoableNotebook): ISharedCell[] {
  return notebook.cells.filter((cell) => cell.cell_type === "code");
}

function newCell(source: string): { cell_type: "code"; source: string; metadata: { trusted: boolean } } {
  return { cell_type: "code", source, metadata: { trusted: true } };
}
