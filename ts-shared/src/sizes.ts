const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** Bytes as the server writes them: in decimal units with at most one digit after the point. */
export function sizeText(bytes: number, language?: string): string {
  let value = bytes;
  let rank = 0;
  for (; value >= 1000 && rank < UNITS.length - 1; rank++) value /= 1000;
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(value)} ${UNITS[rank] ?? ""}`;
}
