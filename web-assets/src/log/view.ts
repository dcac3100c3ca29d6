import { need } from "../ui/dom";
import { PLAIN, parseAnsi, type Style } from "./ansi";
import { LineFolder } from "./folding";

const LINES = 5000;
const NEAR_THE_END = 40;

/** A log that grows: coloured, folded, at most 5,000 lines in the page, following its end until somebody scrolls up. */
export class LogView {
  private readonly text: HTMLElement;
  private readonly follow: HTMLButtonElement;
  private readonly folder = new LineFolder();
  private style: Style = PLAIN;
  private last: HTMLElement | null = null;
  private following = true;
  private queue = "";
  private planned = false;

  constructor(
    root: HTMLElement,
    private readonly most = LINES,
  ) {
    this.text = need(root, ".log-text");
    this.follow = need(root, ".follow");
    this.text.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.follow.addEventListener("click", () => {
      this.following = true;
      this.toEnd();
    });
  }

  /** Adds text; many small pieces are drawn together. */
  append(text: string): void {
    this.queue += text;
    if (this.planned) return;
    this.planned = true;
    requestAnimationFrame(() => {
      this.planned = false;
      this.draw();
    });
  }

  get empty(): boolean {
    return this.text.childElementCount === 0 && this.queue === "";
  }

  private draw(): void {
    const { lines, rest } = this.folder.push(this.queue);
    this.queue = "";
    const added = document.createDocumentFragment();
    if (lines.length > 0) this.last?.remove();
    // Lines that would be dropped at once are not drawn: a log of a million lines costs as much as one of 5,000.
    for (const line of lines.slice(-this.most)) {
      const { node, style } = this.line(line, this.style);
      this.style = style;
      added.append(node);
    }
    if (lines.length === 0) this.last?.remove();
    this.last = rest ? this.line(rest, this.style).node : null;
    if (this.last) added.append(this.last);
    this.text.append(added);
    for (let excess = this.text.childElementCount - this.most; excess > 0; excess--) this.text.firstElementChild?.remove();
    if (this.following) this.toEnd();
  }

  private line(text: string, before: Style): { node: HTMLElement; style: Style } {
    const node = document.createElement("div");
    const { spans, style } = parseAnsi(text, before);
    for (const span of spans) {
      if (span.style === PLAIN || isPlain(span.style)) node.append(span.text);
      else node.append(styled(span.text, span.style));
    }
    return { node, style };
  }

  private toEnd(): void {
    this.text.scrollTop = this.text.scrollHeight;
    this.follow.hidden = true;
  }

  private scrolled(): void {
    const left = this.text.scrollHeight - this.text.scrollTop - this.text.clientHeight;
    this.following = left < NEAR_THE_END;
    this.follow.hidden = this.following;
  }
}

function isPlain(style: Style): boolean {
  return Object.entries(PLAIN).every(([name, value]) => style[name as keyof Style] === value);
}

function styled(text: string, style: Style): HTMLElement {
  const span = document.createElement("span");
  const [fg, bg] = style.inverse ? [style.bg ?? "#14181a", style.fg ?? "#d5dadc"] : [style.fg, style.bg];
  if (fg) span.style.color = fg;
  if (bg) span.style.backgroundColor = bg;
  span.classList.toggle("a-b", style.bold);
  span.classList.toggle("a-d", style.dim);
  span.classList.toggle("a-i", style.italic);
  span.classList.toggle("a-u", style.underline);
  span.classList.toggle("a-s", style.strike);
  span.textContent = text;
  return span;
}
