/** The function that *Insert handle function* puts into a cell, explained in the user's language. */
import type { TranslationBundle } from "@jupyterlab/translation";

/** Whether a cell's source defines the function that an app runs. */
export function definesHandle(source: string): boolean {
  return /^(?:async[ \t]+)?def[ \t]+handle[ \t]*\(/m.test(source);
}

export function handleTemplate(trans: TranslationBundle): string {
  return [
    "def handle(conf):",
    `    """${trans.__("What the app does, in one sentence.")}"""`,
    `    # ${trans.__("Inputs: one conf['name'] each. The comment behind it gives type and description.")}`,
    `    # ${trans.__("Types: int, float, str, bool, datetime, img, video, audio, file, dataframe, [int], [float], [str]")}`,
    `    x = conf['x']  # value_type: float # description: ${trans.__("a number")}`,
    `    # ${trans.__("Outputs: the dictionary that is returned, annotated in the same way.")}`,
    `    return {'y': x * 2}  # value_type: float # description: ${trans.__("twice the number")}`,
  ].join("\n");
}
