import type { HoleView, RowView, WindowView } from "@openmo/shared/rest-api";
import { PLAIN, parseAnsi, type Style } from "./ansi";

export interface Line {
  row: RowView;
  /** What the row's text begins with. */
  before: Style;
}

/** What changed: how many lines went from either end, and which came there. */
export interface Change {
  removedFirst: number;
  removedLast: number;
  addedFirst: Line[];
  addedLast: Line[];
}

/** The rows that the page holds: a window that follows without a gap from `start` to `end`. */
export class Rows {
  lines: Line[] = [];
  start = 0;
  end = 0;
  size = 0;
  hole: HoleView | null = null;
  /** How many lines the log has; null while they are not counted. */
  total: number | null = null;
  private firstLine: number | null = null;
  private after: Style = PLAIN;

  replace(found: WindowView): Line[] {
    this.start = found.start;
    this.end = found.end;
    this.firstLine = found.line;
    this.seen(found);
    const { lines, after } = styled(found.rows, parseAnsi(found.colours).style);
    this.lines = lines;
    this.after = after;
    return lines;
  }

  /** The byte from which to fetch the next rows: rows that are still being written are fetched again. */
  get resume(): number {
    let at = this.lines.length;
    for (let back = 0; back < 2 && at > 0; back++) {
      const kind = this.lines[at - 1]?.row.kind;
      if (kind !== "open" && kind !== "part") break;
      at--;
    }
    return this.lines[at]?.row.start ?? this.end;
  }

  /** Rows that follow, from `resume` on. */
  append(found: WindowView): Change {
    const from = found.rows[0]?.start ?? found.end;
    let kept = this.lines.length;
    while (kept > 0 && (this.lines[kept - 1]?.row.start ?? 0) >= from) kept--;
    const removedLast = this.lines.length - kept;
    const first = this.lines[kept];
    const { lines, after } = styled(found.rows, first ? first.before : this.after);
    this.lines.length = kept;
    this.lines.push(...lines);
    this.after = after;
    this.end = Math.max(found.end, from);
    this.seen(found);
    return { removedFirst: 0, removedLast, addedFirst: [], addedLast: lines };
  }

  /** Rows that lead up to `start`. */
  prepend(found: WindowView): Change {
    const { lines } = styled(found.rows, parseAnsi(found.colours).style);
    this.lines.unshift(...lines);
    this.start = found.start;
    this.firstLine = found.line;
    this.seen(found);
    return { removedFirst: 0, removedLast: 0, addedFirst: lines, addedLast: [] };
  }

  /** Leaves at most so many rows, the rest goes from the beginning; how many went. */
  trimFirst(max: number): number {
    const gone = this.lines.splice(0, Math.max(this.lines.length - max, 0));
    if (gone.length === 0) return 0;
    this.start = this.lines[0]?.row.start ?? this.end;
    if (this.firstLine !== null) this.firstLine += gone.filter((line) => line.row.kind === "line").length;
    return gone.length;
  }

  /** The same from the end. */
  trimLast(max: number): number {
    const gone = this.lines.splice(max);
    const first = gone[0];
    if (!first) return 0;
    this.end = first.row.start;
    this.after = first.before;
    return gone.length;
  }

  /** The line number of the row at this index; null while it is not known. */
  lineAt(index: number): number | null {
    if (this.firstLine === null) return null;
    return this.firstLine + this.lines.slice(0, index).filter((line) => line.row.kind === "line").length;
  }

  /** Bytes before this one that were not dropped. */
  kept(offset: number): number {
    if (!this.hole || offset <= this.hole.start) return offset;
    return Math.max(offset - (this.hole.end - this.hole.start), this.hole.start);
  }

  /** The byte before which so many were kept. */
  offsetOf(kept: number): number {
    return this.hole && kept > this.hole.start ? kept + this.hole.end - this.hole.start : kept;
  }

  private seen(found: WindowView): void {
    this.size = Math.max(this.size, found.size);
    this.hole = found.hole;
    this.total = found.lines ?? this.total;
  }
}

function styled(rows: readonly RowView[], before: Style): { lines: Line[]; after: Style } {
  let style = before;
  const lines = rows.map((row) => {
    const line = { row, before: style };
    style = parseAnsi(row.text, style).style;
    return line;
  });
  return { lines, after: style };
}
