import { saveFile } from "../ui/save";

/** A table as CSV that a spreadsheet opens without running anything in it. */
export function toCsv(columns: readonly string[], rows: readonly (readonly unknown[])[]): string {
  return [columns, ...rows].map((row) => row.map(field).join(",")).join("\r\n") + "\r\n";
}

function field(value: unknown): string {
  let text = typeof value === "object" && value !== null ? JSON.stringify(value) : String(value ?? "");
  // A spreadsheet runs a cell that starts so; with an apostrophe before it the cell is text. Numbers are numbers.
  if (/^[\s]*[=+\-@]|^[\t\r\n]/.test(text) && !/^[+-]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(text)) text = `'${text}`;
  return /[",\r\n;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Lets the reader save the text as a file. */
export function saveText(text: string, name: string): void {
  // Spreadsheets take UTF-8 for granted only behind a byte order mark.
  saveFile(new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" }), name);
}
