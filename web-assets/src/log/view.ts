import type { WindowView } from "@openmo/shared/rest-api";
import { need } from "../ui/dom";
import { t } from "../ui/texts";
import { LogBar } from "./bar";
import { renderRow } from "./draw";
import { Rows, type Line } from "./rows";
import type { LogSource, Query } from "./source";

/** Rows that are in the page: enough for several screens, whatever the size of the log. */
const MAX_ROWS = 1000;
/** While somebody selects text, rows are kept, so that what is selected stays selected. */
const MAX_ROWS_SELECTING = 5000;
/** Rows that are fetched at once. */
const FETCH_ROWS = 200;
const NEAR_END_PX = 24;
/** Bytes behind the end from which on a reader who follows it is taken there at once. */
const FAR_BEHIND_BYTES = 256 << 10;
const RETRY_MS = 2000;

/** Where to go: a byte, and how far below the upper edge its row shall be (0 to 1). */
interface Goal {
  at: number;
  below: number;
  mark: boolean;
}

/**
 * A log of any size: the page holds some hundred rows around where the reader is, and fetches others as they scroll.
 * The scroll bar beside it stands for the whole log. It follows the end until somebody scrolls up.
 */
export class LogView {
  readonly rows = new Rows();
  following = true;
  /** Called when the reader is elsewhere, or there is more. */
  onMove: () => void = () => undefined;
  private readonly text: HTMLElement;
  private readonly bar: LogBar;
  private readonly pill: HTMLButtonElement;
  private goal: Goal | null = { at: -1, below: 1, mark: false };
  private settling = false;
  private retry = 0;
  /** Whether something happened since the missing rows were last fetched. */
  private unsettled = false;
  private times = false;
  private query: Query | null = null;
  private marked = -1;
  private lastTop = 0;
  private lineCount = 0;
  private lineCountWhenPaused = 0;

  constructor(
    readonly root: HTMLElement,
    readonly source: LogSource,
  ) {
    this.text = need(root, ".log-text");
    this.pill = need(root, ".follow");
    this.bar = new LogBar(need(root, ".log-scroll"), (part) => this.toPart(part));
    this.text.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.pill.addEventListener("click", () => this.toEnd());
    new ResizeObserver(() => this.resized()).observe(this.text);
  }

  /** Draws the log as it is; resolves when it is drawn. */
  start(): Promise<void> {
    return this.settle();
  }

  /** The log has this size now; `lines` were added since the view began. */
  onGrowth(size: number, lines: number): void {
    this.rows.size = Math.max(this.rows.size, size);
    this.lineCount = lines;
    this.showPosition();
    void this.settle();
  }

  toEnd(): void {
    this.follow(true);
    if (this.rows.end < this.rows.size) this.goal = { at: -1, below: 1, mark: false };
    this.bottom();
    void this.settle();
  }

  toStart(): void {
    this.go(0);
  }

  /** To the row that holds this byte. */
  go(at: number, below = 0, mark = false): void {
    this.follow(false);
    this.goal = { at, below, mark };
    void this.settle();
  }

  pause(): void {
    this.follow(false);
  }

  showTimes(yes: boolean): void {
    this.times = yes;
    this.root.classList.toggle("with-times", yes);
    if (this.following) this.goal = { at: -1, below: 1, mark: false };
    else this.goal = { at: this.topOffset(), below: 0, mark: false };
    void this.settle();
  }

  wrap(yes: boolean): void {
    const top = this.topOffset();
    this.root.classList.toggle("no-wrap", !yes);
    if (this.following) this.bottom();
    else this.scrollTo(top, 0);
  }

  highlight(query: Query | null): void {
    this.query = query;
    this.marked = -1;
    this.text.replaceChildren(...this.rows.lines.map((line) => this.node(line)));
  }

  /** The byte at the upper edge of what is seen. */
  topOffset(): number {
    return this.rows.lines[this.indexAt(this.text.scrollTop)]?.row.start ?? 0;
  }

  /** The byte of the row that a search goes on from: the marked one while it is seen, else the first that is seen. */
  searchOffset(): { from: number; marked: boolean } {
    const node = this.text.querySelector<HTMLElement>(".hit-row");
    if (node) {
      const top = node.offsetTop - this.text.scrollTop;
      if (top > -node.offsetHeight && top < this.text.clientHeight) return { from: this.marked, marked: true };
    }
    return { from: this.topOffset(), marked: false };
  }

  topLine(): number | null {
    return this.rows.lineAt(this.indexAt(this.text.scrollTop));
  }

  private async settle(): Promise<void> {
    this.unsettled = true;
    if (this.settling) return;
    this.settling = true;
    clearTimeout(this.retry);
    try {
      while (this.unsettled) {
        this.unsettled = false;
        while (await this.step());
      }
      this.root.classList.remove("unreachable");
    } catch {
      this.root.classList.add("unreachable");
      this.retry = window.setTimeout(() => void this.settle(), RETRY_MS);
    } finally {
      this.settling = false;
      this.showPosition();
    }
  }

  /** Fetches the rows that are needed most; whether there may be more to do. */
  private async step(): Promise<boolean> {
    const { rows } = this;
    const goal = this.goal;
    if (goal) {
      const isEnd = goal.at < 0;
      const found = await this.source.window(goal.at, isEnd ? 2 * FETCH_ROWS : FETCH_ROWS / 2, isEnd ? 1 : FETCH_ROWS, this.times);
      if (this.goal === goal) {
        this.goal = null;
        this.replace(found, goal);
      }
      return true;
    }
    if (this.following && rows.size > rows.end) {
      if (rows.size - rows.end > FAR_BEHIND_BYTES) {
        this.goal = { at: -1, below: 1, mark: false };
        return true;
      }
      return this.append();
    }
    const { scrollTop, scrollHeight, clientHeight } = this.text;
    if (clientHeight === 0) return false; // not visible
    const reach = Math.max(clientHeight, 400);
    if (rows.start > 0 && scrollTop < reach) return this.prepend();
    if (rows.end < rows.size && scrollHeight - scrollTop - clientHeight < reach) return this.append();
    return false;
  }

  private replace(found: WindowView, goal: Goal): void {
    const lines = this.rows.replace(found);
    if (goal.mark) this.marked = goal.at;
    this.text.replaceChildren(...lines.map((line) => this.node(line)));
    if (this.following || goal.at < 0) this.bottom();
    else this.scrollTo(goal.at, goal.below);
  }

  private async append(): Promise<boolean> {
    const { rows } = this;
    const before = rows.end;
    const found = await this.source.window(rows.resume, 0, 2 * FETCH_ROWS, this.times);
    if (this.goal) return true;
    const change = rows.append(found);
    for (let gone = change.removedLast; gone > 0; gone--) this.text.lastElementChild?.remove();
    this.text.append(...change.addedLast.map((line) => this.node(line)));
    const height = this.text.scrollHeight;
    for (let gone = rows.trimFirst(this.maxRows()); gone > 0; gone--) this.text.firstElementChild?.remove();
    if (this.following) this.bottom();
    else this.shift(this.text.scrollHeight - height);
    return rows.end > before;
  }

  private async prepend(): Promise<boolean> {
    const { rows } = this;
    const before = rows.start;
    const found = await this.source.window(before, FETCH_ROWS, 0, this.times);
    if (this.goal || rows.start !== before) return true;
    const height = this.text.scrollHeight;
    const change = rows.prepend(found);
    this.text.prepend(...change.addedFirst.map((line) => this.node(line)));
    this.shift(this.text.scrollHeight - height);
    for (let gone = rows.trimLast(this.maxRows()); gone > 0; gone--) this.text.lastElementChild?.remove();
    return rows.start < before;
  }

  private node(line: Line): HTMLElement {
    const node = renderRow(line, this.query);
    if (line.row.start === this.marked) node.classList.add("hit-row");
    return node;
  }

  private maxRows(): number {
    const selection = document.getSelection();
    const selecting = selection !== null && !selection.isCollapsed && this.text.contains(selection.anchorNode);
    return selecting ? MAX_ROWS_SELECTING : MAX_ROWS;
  }

  private scrolled(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.text;
    const atEnd = scrollHeight - scrollTop - clientHeight < NEAR_END_PX && this.rows.end >= this.rows.size && !this.goal;
    if (atEnd) this.follow(true);
    else if (scrollTop < this.lastTop) this.follow(false);
    this.lastTop = scrollTop;
    this.showPosition();
    void this.settle();
  }

  private resized(): void {
    if (this.following) this.bottom();
    this.showPosition();
    void this.settle();
  }

  private follow(yes: boolean): void {
    if (this.following && !yes) this.lineCountWhenPaused = this.lineCount;
    this.following = yes;
  }

  private toPart(part: number): void {
    if (part >= 0.999) {
      this.toEnd();
      return;
    }
    const { rows } = this;
    this.go(rows.offsetOf(Math.floor(part * rows.kept(rows.size))));
  }

  private bottom(): void {
    this.text.scrollTop = this.text.scrollHeight;
    this.lastTop = this.text.scrollTop;
  }

  private shift(by: number): void {
    if (by !== 0) this.text.scrollTop += by;
    this.lastTop = this.text.scrollTop;
  }

  private scrollTo(at: number, below: number): void {
    const index = this.rows.lines.findIndex((line) => line.row.end > at);
    const node = this.text.children[index < 0 ? this.rows.lines.length - 1 : index];
    if (node instanceof HTMLElement) this.text.scrollTop = node.offsetTop - below * this.text.clientHeight;
    this.lastTop = this.text.scrollTop;
  }

  /** The row at so many pixels from the first one's upper edge. */
  private indexAt(pixels: number): number {
    const nodes = this.text.children;
    let low = 0;
    let high = nodes.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((nodes[middle] as HTMLElement).offsetTop <= pixels + 1) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private showPosition(): void {
    const { rows, text } = this;
    const total = Math.max(rows.kept(rows.size), 1);
    const top = rows.lines[this.indexAt(text.scrollTop)]?.row.start ?? 0;
    const bottom = this.following ? rows.size : (rows.lines[this.indexAt(text.scrollTop + text.clientHeight)]?.row.end ?? rows.size);
    const fits = rows.start === 0 && rows.end >= rows.size && text.scrollHeight <= text.clientHeight + 1;
    this.bar.show({ top: fits ? 0 : rows.kept(top) / total, bottom: fits ? 1 : rows.kept(bottom) / total }, fits);
    this.pill.hidden = this.following || fits;
    const fresh = this.lineCount - this.lineCountWhenPaused;
    const label = this.pill.querySelector("span");
    if (label) label.textContent = fresh > 0 ? t("{count} new lines", { count: fresh }) : t("Follow the end");
    this.onMove();
  }
}
