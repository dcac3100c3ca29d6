export type Cell = string | number | null;

/** A table as it is typed: texts, the first row of the source being the columns' names. */
export interface Table {
  columns: string[];
  rows: string[][];
}

/** Rows from CSV or from what a spreadsheet puts on the clipboard; the first row names the columns. */
export function readTable(text: string): Table {
  const rows = parseRows(text.replace(/^\ufeff/, ""));
  const head = rows.shift() ?? [];
  const width = rows.reduce((widest, row) => Math.max(widest, row.length), head.length);
  const columns = distinct(Array.from({ length: width }, (_, index) => head[index]?.trim() || `column ${index + 1}`));
  return { columns, rows: rows.map((row) => columns.map((_, index) => row[index] ?? "")) };
}

/** Names that stand once: a second `a` is `a.1`, as pandas calls it. */
function distinct(names: string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const times = seen.get(name) ?? 0;
    seen.set(name, times + 1);
    return times ? `${name}.${times}` : name;
  });
}

/** The rows by column name, numbers as numbers where a whole column is made of them. */
export function records({ columns, rows }: Table): Record<string, Cell>[] {
  const numeric = columns.map((_, at) => rows.every((row) => isEmpty(row[at]) || isNumber(row[at] ?? "")));
  return rows.map((row) =>
    Object.fromEntries(columns.map((name, at): [string, Cell] => [name, cell(row[at] ?? "", numeric[at] ?? false)])),
  );
}

/** The same from text. */
export const parseTable = (text: string): Record<string, Cell>[] => records(readTable(text));

/** A table out of what an example, a default or a link holds: records, columns and rows, or CSV; null for anything else. */
export function tableOf(value: unknown): Table | null {
  if (typeof value === "string") return readTable(value);
  const text = (cell: unknown): string => (cell === null || cell === undefined ? "" : typeof cell === "object" ? JSON.stringify(cell) : String(cell));
  if (Array.isArray(value) && value.every((row) => typeof row === "object" && row !== null && !Array.isArray(row))) {
    const found = value as Record<string, unknown>[];
    const columns = [...new Set(found.flatMap((row) => Object.keys(row)))];
    return { columns, rows: found.map((row) => columns.map((name) => text(row[name]))) };
  }
  const { columns, rows } = (value ?? {}) as { columns?: unknown; rows?: unknown };
  if (!Array.isArray(columns) || !Array.isArray(rows)) return null;
  return { columns: columns.map(text), rows: rows.map((row) => columns.map((_, at) => text((row as unknown[])[at]))) };
}

const isEmpty = (text: string | undefined): boolean => (text ?? "").trim() === "";
// A leading zero means a code, such as a postcode, and no number.
const isNumber = (text: string): boolean => /^[-+]?((0|[1-9]\d*)(\.\d*)?|\.\d+)([eE][-+]?\d+)?$/.test(text.trim());

function cell(text: string, numeric: boolean): Cell {
  if (isEmpty(text)) return null;
  return numeric ? Number(text) : text;
}

/** The fields of CSV, TSV or semicolon-parted text, row by row; empty rows left out. */
export function parseRows(text: string): string[][] {
  const firstLine = text.split("\n", 1)[0] ?? "";
  const separator = firstLine.includes("\t") ? "\t" : firstLine.includes(";") && !firstLine.includes(",") ? ";" : ",";
  const rows: string[][] = [];
  let row: string[] = [];
  let field = "";
  let quoted = false;
  const endField = (): void => {
    row.push(quoted ? field : field.trim());
    field = "";
    quoted = false;
  };
  const endRow = (): void => {
    endField();
    if (row.some((part) => part !== "")) rows.push(row);
    row = [];
  };
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"' && field.trim() === "") {
      const { value, next } = quotedField(text, at + 1);
      field = value;
      quoted = true;
      at = next;
    } else if (character === separator) endField();
    else if (character === "\n") endRow();
    else if (character !== "\r") field += character;
  }
  endRow();
  return rows;
}

function quotedField(text: string, from: number): { value: string; next: number } {
  let value = "";
  for (let at = from; at < text.length; at++) {
    if (text.charAt(at) !== '"') value += text.charAt(at);
    else if (text.charAt(at + 1) === '"') {
      value += '"';
      at++;
    } else return { value, next: at };
  }
  return { value, next: text.length };
}
