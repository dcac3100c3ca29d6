/** Splits a stream of text into lines as a terminal would show them: what follows a carriage return writes over the line. */
export class LineFolder {
  private open = "";

  /** Lines that are finished by this piece of text; `rest` is the line that is still being written. */
  push(text: string): { lines: string[]; rest: string } {
    const parts = (this.open + text).split("\n");
    this.open = shorten(parts.pop() ?? "");
    return { lines: parts.map(fold), rest: fold(this.open) };
  }
}

/** What a terminal shows of a line with carriage returns: later text lies over the beginning of earlier text. */
export function fold(line: string): string {
  const body = line.endsWith("\r") ? line.slice(0, -1) : line;
  if (!body.includes("\r")) return body;
  let shown = "";
  for (const part of body.split("\r")) {
    // With colours in it, counting characters would cut an escape sequence in two: the newer text then stands alone.
    if (part) shown = part.includes("\x1b") || shown.includes("\x1b") ? part : part + shown.slice(part.length);
  }
  return shown;
}

const LONGEST = 64_000;

/** A progress bar that runs for hours without a line break keeps its last state only. */
function shorten(open: string): string {
  if (open.length <= LONGEST) return open;
  const at = open.lastIndexOf("\r", open.length - 2);
  return at > 0 ? open.slice(at) : open.slice(-LONGEST);
}
