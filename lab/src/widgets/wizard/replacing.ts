import { Dialog, showDialog } from "@jupyterlab/apputils";
import type { TranslationBundle } from "@jupyterlab/translation";

/** Whether a file that was not made from cells may be replaced. */
export async function mayReplace(file: string, trans: TranslationBundle): Promise<boolean> {
  const answer = await showDialog({
    title: trans.__("Replace %1?", file),
    body: trans.__("The one that is there was not made from cells. What the ticked cells make would take its place."),
    buttons: [
      Dialog.cancelButton({ label: trans.__("Cancel") }),
      Dialog.warnButton({ label: trans.__("Replace") }),
    ],
    defaultButton: 0,
  });
  return answer.button.accept;
}
