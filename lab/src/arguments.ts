/** A job's arguments as typed on one line, split the way a POSIX shell splits words. */

/** Thrown for a line that has no reading; `reason` says which rule it breaks. */
export class ArgumentsError extends Error {
  readonly reason: "open-quote" | "trailing-backslash";

  constructor(reason: ArgumentsError["reason"]) {
    super(reason);
    this.name = "ArgumentsError";
    this.reason = reason;
  }
}

// One piece of a word: single-quoted, double-quoted, an escaped character, or a run of plain ones.
const PIECE = /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([^\s'"\\]+)/y;
const SPACE = /\s+/y;

/** Splits `line` into arguments. Nothing is expanded: `$HOME` and `*` stay as typed. */
export function splitArguments(line: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let at = 0;
  while (at < line.length) {
    SPACE.lastIndex = at;
    if (SPACE.test(line)) {
      at = SPACE.lastIndex;
      if (word !== null) {
        words.push(word);
        word = null;
      }
      continue;
    }
    PIECE.lastIndex = at;
    const piece = PIECE.exec(line);
    if (piece === null) {
      throw new ArgumentsError(line[at] === "\\" ? "trailing-backslash" : "open-quote");
    }
    word = (word ?? "") + pieceText(piece);
    at = PIECE.lastIndex;
  }
  return word === null ? words : [...words, word];
}

function pieceText([, single, double, escaped, plain]: RegExpExecArray): string {
  // Inside double quotes a backslash escapes only itself, the quote, and what a shell would expand.
  return single ?? double?.replace(/\\(["\\$`])/g, "$1") ?? escaped ?? plain ?? "";
}

/** One line that `splitArguments` reads as these arguments. */
export function joinArguments(words: readonly string[]): string {
  return words.map((word) => (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, `'"'"'`)}'`)).join(" ");
}
