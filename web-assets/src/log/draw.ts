import { language, t } from "../ui/texts";
import { PLAIN, parseAnsi, type Span, type Style } from "./ansi";
import type { Line } from "./rows";
import type { Query } from "./source";

/** One row as an element; what it says can only ever become text. */
export function renderRow(line: Line, query: Query | null): HTMLElement {
  const node = document.createElement("div");
  const { row } = line;
  node.dataset.at = String(row.start);
  if (typeof row.time === "number") node.dataset.time = clock(row.time);
  if (row.kind === "hole") {
    node.className = "log-hole";
    const bytes = (row.end - row.start).toLocaleString(language());
    node.textContent = t("{bytes} bytes in the middle of this log were dropped", { bytes });
    return node;
  }
  const { spans } = parseAnsi(row.text, line.before);
  for (const span of markMatches(spans, query)) {
    if (!span.hit && isPlain(span.style)) node.append(span.text);
    else node.append(styled(span));
  }
  if (spans.length === 0) node.append("\u200b"); // an empty line is a line to screen readers and to the clipboard
  return node;
}

export interface MarkedSpan extends Span {
  hit: boolean;
}

/** The spans, cut where what is searched begins and ends. */
export function markMatches(spans: Span[], query: Query | null): MarkedSpan[] {
  const plain = spans.map((span) => ({ ...span, hit: false }));
  if (!query || query.errors || !query.text) return plain;
  const normalise = (text: string): string => (query.ignoreCase ? text.toLowerCase() : text);
  const text = normalise(spans.map((span) => span.text).join(""));
  const needle = normalise(query.text);
  const found: MarkedSpan[] = [];
  let from = text.indexOf(needle);
  if (from < 0) return plain;
  let at = 0;
  for (const span of spans) {
    let rest = span.text;
    while (rest) {
      while (from >= 0 && from + needle.length <= at) from = text.indexOf(needle, from + needle.length);
      const hit = from >= 0 && from <= at;
      const edge = from < 0 ? Infinity : hit ? from + needle.length : from;
      const part = rest.slice(0, edge - at);
      found.push({ text: part, style: span.style, hit });
      at += part.length;
      rest = rest.slice(part.length);
    }
  }
  return found;
}

function clock(seconds: number): string {
  const moment = new Date(seconds * 1000);
  const two = (number: number): string => String(number).padStart(2, "0");
  const day = `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
  const time = `${two(moment.getHours())}:${two(moment.getMinutes())}:${two(moment.getSeconds())}`;
  return `${day} ${time}.${String(moment.getMilliseconds()).padStart(3, "0")}`;
}

function isPlain(style: Style): boolean {
  return Object.entries(PLAIN).every(([name, value]) => style[name as keyof Style] === value);
}

function styled({ text, style, hit }: MarkedSpan): HTMLElement {
  const span = document.createElement(hit ? "mark" : "span");
  const [fg, bg] = style.inverse ? [style.bg ?? "#14181a", style.fg ?? "#d5dadc"] : [style.fg, style.bg];
  if (fg && !hit) span.style.color = fg;
  if (bg && !hit) span.style.backgroundColor = bg;
  span.classList.toggle("a-b", style.bold);
  span.classList.toggle("a-d", style.dim);
  span.classList.toggle("a-i", style.italic);
  span.classList.toggle("a-u", style.underline);
  span.classList.toggle("a-s", style.strike);
  span.textContent = text;
  return span;
}
