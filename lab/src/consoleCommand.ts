/** What a console is given to run a script with arguments. */
import { joinArguments } from "./arguments";

/**
 * `%run train.py --epochs 3`. Words that IPython would change ($name, {name}, file patterns) are handed to the magic
 * as they are, in a form that reads less well.
 */
export function runCommand(script: string, args: readonly string[]): string {
  const line = joinArguments([script, ...args]);
  if (!/[${}*?[\]~%]/.test(line)) {
    return `%run ${line}`;
  }
  return `get_ipython().find_line_magic("run")(${JSON.stringify(`-G ${line}`)})`;
}
