/** The platform's findings in the user's language. */
import type { TranslationBundle } from "@jupyterlab/translation";
import type { CellView, CandidateView, MistakeView } from "@openmo/shared/rest-api";


/** Why a cell is ticked; empty when nothing speaks for it. */
export function cellReason(cell: CellView, trans: TranslationBundle): string {
  const names = cell.needed_for.join(", ");
  switch (cell.reason) {
    case "handler":
      return trans.__("defines handle");
    case "module":
      return names === "class" ? trans.__("defines the module's class") : trans.__("defines %1, which the module offers", names);
    case "client":
      return trans.__("makes the client that calls modules");
    case "defines":
      return trans.__("defines %1", names);
    case "changes":
      return trans.__("changes %1", names);
    case "star":
      return trans.__("its import * may define %1", names);
    case null:
      return "";
  }
}

/** Why a file is ticked; empty when nothing speaks for it. */
export function fileReason(file: Pick<CandidateView, "reason" | "needed_by">, trans: TranslationBundle): string {
  switch (file.reason) {
    case "app":
      return trans.__("belongs to every app");
    case "imported":
      return trans.__("imported by %1", file.needed_by);
    case "named":
      return trans.__("named in %1", file.needed_by);
    case "module":
      return trans.__("belongs to every module");
    case null:
      return "";
  }
}

/** What is wrong with an app's code, and what to do about it. */
export function mistakeText(trans: TranslationBundle): (mistake: MistakeView) => string {
  return (mistake) => textOf(mistake, trans);
}

function textOf(mistake: MistakeView, trans: TranslationBundle): string {
  const subject = mistake.subject;
  switch (mistake.kind) {
    case "undefined":
      return trans.__("%1 is not defined. Tick the cell that defines it.", subject);
    case "too_early":
      return trans.__("%1 is used before it is defined. Change the order of the cells.", subject);
    case "notebook_only":
      return trans.__("%1 exists in notebooks only. Leave it out.", subject);
    case "turned_off":
      return trans.__("%1 works in notebooks only and is turned off.", subject);
    case "training":
      return trans.__("%1 trains at every start of the app. Train in a job, save the model, and load it here.", subject);
    case "loop":
      return trans.__("This loop runs at every start of the app. Move it into handle, or into a job.");
    case "showing":
      return trans.__("%1 draws where nobody looks. Leave it out, or return the figure from handle.", subject);
    case "waiting":
      return trans.__("%1 delays every start of the app.", subject);
    case "command":
      return trans.__("%1 runs a command at every start of the app. Leave it out.", subject);
    case "network":
      return trans.__("%1 needs the network at every start of the app. Save the file in the project instead.", subject);
    case "input":
      return trans.__("%1 waits for a keyboard that an app does not have. Read from conf instead.", subject);
    case "reads_file":
      return trans.__("%1 is read at every start of the app, so it must be among the files to deploy.", subject);
    case "calls_handler":
      return trans.__("handle is called at every start of the app. Leave the trial out.");
    case "handler":
      return trans.__("There is no usable handle yet: %1", mistake.message);
    case "please_check":
      return subject === "" ? mistake.message : trans.__("The type of %1 was guessed. Please check it in the next step.", subject);
    case "syntax":
      return mistake.message;
  }
}
