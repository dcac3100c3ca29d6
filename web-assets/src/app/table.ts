/** Rows from CSV or from what a spreadsheet puts on the clipboard; the first row names the columns. */
export function parseTable(text: string): Record<string, string | number | null>[] {
  const rows = parseRows(text.replace(/^\ufeff/, ""));
  const head = rows.shift() ?? [];
  return rows.map((row) =>
    Object.fromEntries(head.map((name, index) => [name || `column ${index + 1}`, cell(row[index] ?? "")])),
  );
}

function cell(text: string): string | number | null {
  if (text === "") return null;
  return /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(text) ? Number(text) : text;
}

function parseRows(text: string): string[][] {
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
