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
export function saveText(text: string, name: string, type = "text/csv"): void {
  // Spreadsheets take UTF-8 for granted only behind a byte order mark.
  const address = URL.createObjectURL(new Blob(["\ufeff", text], { type: `${type};charset=utf-8` }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
