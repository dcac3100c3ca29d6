import { readTable, type Table } from "./table";

/** The table in a CSV file, in the encoding that it has; rejects when the file cannot be read. */
export async function readTableFile(file: File): Promise<Table> {
  return readTable(decoded(await file.arrayBuffer()));
}

/** UTF-8, or UTF-16 as its first bytes say; else GB 18030, in which a spreadsheet in Chinese saves CSV. */
export function decoded(data: ArrayBuffer): string {
  const [first, second] = new Uint8Array(data.slice(0, 2));
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(data);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(data);
  } catch {
    return new TextDecoder("gb18030").decode(data);
  }
}
