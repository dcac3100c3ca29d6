/** Terminal colours, as spans: a small state machine over SGR sequences; every other escape sequence is dropped. */

export interface Style {
  fg: string | null;
  bg: string | null;
  bold: boolean;
  dim: boolean;
  italic: boolean;
  underline: boolean;
  strike: boolean;
  inverse: boolean;
}

export interface Span {
  text: string;
  style: Style;
}

export const PLAIN: Style = {
  fg: null,
  bg: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  strike: false,
  inverse: false,
};

const BASE = [
  "#4a5257", "#ef7a6f", "#7fc98f", "#e0b25f", "#78b0e6", "#cf9be0", "#66c5c0", "#d5dadc",
  "#7b868c", "#ff9d94", "#a2e0ae", "#f2cc85", "#9fcaf5", "#e3bdf0", "#8fe0db", "#ffffff",
];
const LEVELS = [0, 95, 135, 175, 215, 255];

/** Colour `number` of a 256-colour terminal. */
export function colour256(number: number): string {
  const base = BASE[number];
  if (base !== undefined) return base;
  if (number >= 232) {
    const grey = 8 + 10 * (number - 232);
    return `rgb(${grey}, ${grey}, ${grey})`;
  }
  const cube = number - 16;
  const part = (divisor: number): number => LEVELS[Math.floor(cube / divisor) % 6] ?? 0;
  return `rgb(${part(36)}, ${part(6)}, ${part(1)})`;
}

// CSI, then OSC/DCS/PM/APC strings up to BEL or ST (or the end of what is there), then two-character escapes. No two
// neighbours share a character, so hostile text costs linear time.
/* eslint-disable no-control-regex -- control characters are what is looked for here */
const ESCAPES = /\x1b\[([0-?]*)[ -/]*([@-~])|\x1b[\]PX^_][\s\S]*?(?:\x07|\x1b\\|$)|\x1b[ -/]*[0-~]?/g;
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]/g;
/* eslint-enable no-control-regex */

/** The line in spans of one style each, and the style that the next line begins with. */
export function parseAnsi(line: string, before: Style = PLAIN): { spans: Span[]; style: Style } {
  const spans: Span[] = [];
  let style = before;
  let at = 0;
  const push = (text: string): void => {
    const clean = text.replace(CONTROLS, "");
    if (clean) spans.push({ text: clean, style });
  };
  for (const match of line.matchAll(ESCAPES)) {
    push(line.slice(at, match.index));
    at = match.index + match[0].length;
    if (match[2] === "m") style = applySgr(style, match[1] ?? "");
  }
  push(line.slice(at));
  return { spans, style };
}

const ON: Record<number, Partial<Style>> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { strike: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
  29: { strike: false },
  39: { fg: null },
  49: { bg: null },
};

function applySgr(before: Style, text: string): Style {
  const codes = text.split(/[;:]/).slice(0, 64).map((part) => Number.parseInt(part || "0", 10));
  let style: Style = { ...before };
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index] ?? 0;
    if (code === 0) style = { ...PLAIN };
    else if (code === 38 || code === 48) {
      const { colour, used } = extended(codes.slice(index + 1));
      index += used;
      if (colour !== null) style = code === 38 ? { ...style, fg: colour } : { ...style, bg: colour };
    } else style = { ...style, ...(ON[code] ?? basic(code)) };
  }
  return style;
}

function basic(code: number): Partial<Style> {
  if (code >= 30 && code <= 37) return { fg: colour256(code - 30) };
  if (code >= 40 && code <= 47) return { bg: colour256(code - 40) };
  if (code >= 90 && code <= 97) return { fg: colour256(code - 82) };
  if (code >= 100 && code <= 107) return { bg: colour256(code - 92) };
  return {};
}

function extended(codes: number[]): { colour: string | null; used: number } {
  const byte = (value: number | undefined): number => Math.min(255, Math.max(0, value ?? 0));
  if (codes[0] === 5) return { colour: colour256(byte(codes[1])), used: 2 };
  if (codes[0] === 2) return { colour: `rgb(${byte(codes[1])}, ${byte(codes[2])}, ${byte(codes[3])})`, used: 4 };
  return { colour: null, used: 0 };
}
