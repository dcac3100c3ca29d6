/** What our server half itself refuses, in the user's language; the platform's own sentences come in it already. */
import type { TranslationBundle } from "@jupyterlab/translation";
import { PlatformError } from "@openmo/shared/problems";

/** The error with its sentence in that language, where it is one of ours. */
export function spoken(reason: unknown, trans: TranslationBundle): unknown {
  if (!(reason instanceof PlatformError)) {
    return reason;
  }
  const sentence = sentenceOf(reason.code, trans);
  return sentence === null ? reason : new PlatformError(reason.status, reason.code, sentence, reason.fields);
}

function sentenceOf(code: string, trans: TranslationBundle): string | null {
  switch (code) {
    case "not_connected":
      return trans.__("This JupyterLab was not started from an OpenMo project. Open the project's page and choose Start coding.");
    case "platform_unreachable":
      return trans.__("OpenMo does not answer: it may be restarting. Your files are safe here; try again in a moment.");
    case "unreachable":
    case "not-json":
      return trans.__("The notebook server does not answer. Try again in a moment, or open the project anew from its page.");
    case "file_refused":
      return trans.__("This file cannot be used: it must be saved, lie inside this project, and be of the right kind.");
    default:
      return null;
  }
}
