import type { RowView } from "@openmo/shared/rest-api";
import { EventStream } from "../live/event-stream";
import { need } from "../ui/dom";
import { sizeText } from "../ui/sizes";
import { language, t } from "../ui/texts";
import { toggle } from "../ui/toggle";
import { LogSearch, MAX_MATCHES, ordinal } from "./search";
import { LogSource, type Query } from "./source";
import { LogView } from "./view";

/** What the page around a log is notified of. */
export interface LogListener {
  /** The job as the server shows it. */
  state: (job: { state: string }) => void;
  /** The log is complete. */
  end: () => void;
}

const SEARCH_DEBOUNCE_MS = 150;

/** A job's log with its search, its switches and its keys: everything inside one element that names the log's address. */
export class LogPanel {
  private readonly view: LogView;
  private readonly source: LogSource;
  private readonly field: HTMLInputElement;
  private search: LogSearch | null = null;
  private current = -1;
  private timer = 0;
  /** Counts navigations: the response to an older one leads nowhere. */
  private navigations = 0;

  constructor(private readonly root: HTMLElement) {
    this.source = new LogSource(root.dataset.log ?? "");
    this.view = new LogView(root, this.source);
    this.field = need(root, "[data-log-search]");
    this.view.onMove = () => this.showPosition();
    this.installSearch();
    this.installSwitches();
    root.addEventListener("keydown", (event) => this.onKey(event));
  }

  /** Shows the end of the log, then new lines as they come. */
  async start(listener: LogListener): Promise<void> {
    await this.view.start();
    let base = 0;
    let lines = 0;
    const events = new EventStream({
      address: () => {
        base = lines;
        return `${this.source.address}/stream?text=false&from=${this.view.rows.size}`;
      },
      on: {
        grown: (data) => {
          const grown = data as { size: number; lines: number };
          lines = base + grown.lines;
          this.view.onGrowth(grown.size, lines);
          this.count();
        },
        state: (data) => listener.state(data as { state: string }),
        end: () => {
          events.close();
          this.count();
          listener.end();
        },
      },
    });
  }

  private installSearch(): void {
    const form = need<HTMLFormElement>(this.root, "form");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.enter(false);
    });
    this.field.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.onInput(), SEARCH_DEBOUNCE_MS);
    });
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.shiftKey) {
        event.preventDefault();
        this.enter(true);
      } else if (event.key === "Escape") {
        event.stopPropagation();
        this.field.value = "";
        this.onInput();
        need<HTMLElement>(this.root, ".log-text").focus();
      }
    });
    this.button("previous", () => void this.step(true));
    this.button("error", () => this.firstError());
    this.toggle("case", () => this.onInput());
  }

  private installSwitches(): void {
    this.toggle("times", (on) => this.view.showTimes(on));
    this.toggle("wrap", (on) => this.view.wrap(on));
    this.toggle("full", (on) => {
      this.root.classList.toggle("full", on);
      document.body.classList.toggle("log-full", on);
      if (!on) this.root.scrollIntoView({ block: "nearest" }); // the page was shorter meanwhile
    });
    this.button("start", () => this.view.toStart());
    this.button("end", () => this.view.toEnd());
  }

  private button(name: string, act: () => void): void {
    need(this.root, `[data-log-${name}]`).addEventListener("click", act);
  }

  private toggle(name: string, act: (on: boolean) => void): void {
    const button = need<HTMLElement>(this.root, `[data-log-${name}]`);
    toggle(button, button.getAttribute("aria-pressed") === "true", act);
  }

  private onInput(): void {
    this.applyQuery();
    if (this.search) void this.step(false);
  }

  /** The Enter key: it searches for what is typed now, without the debounce. */
  private enter(back: boolean): void {
    if (this.timer) this.applyQuery();
    void this.step(back);
  }

  /** Searches for what the field holds. */
  private applyQuery(): void {
    clearTimeout(this.timer);
    this.timer = 0;
    const ignoreCase = need(this.root, "[data-log-case]").getAttribute("aria-pressed") !== "true";
    const text = this.field.value;
    this.begin(text && !lineNumber(text) ? { text, ignoreCase, errors: false } : null);
  }

  private begin(query: Query | null): void {
    this.search?.stop();
    this.navigations++;
    this.root.classList.remove("searching");
    this.current = -1;
    this.search = query && new LogSearch(this.source, query, () => this.showCount());
    this.view.highlight(query);
    this.showCount();
    this.count();
  }

  private count(): void {
    this.search?.count().catch(() => this.showStatus(t("The log cannot be searched now. Is the server running?")));
  }

  private firstError(): void {
    this.field.value = "";
    this.begin({ text: "", ignoreCase: false, errors: true });
    if (this.search) void this.goToMatch(this.search.next(0), t("No errors"));
  }

  private async step(back: boolean): Promise<void> {
    const line = lineNumber(this.field.value);
    if (line) return this.toLine(line);
    const { search } = this;
    if (!search) {
      this.field.focus();
      return;
    }
    const { from, marked } = this.view.searchOffset();
    await this.goToMatch(back ? search.previous(from) : search.next(marked ? from + 1 : from), t("Not found"));
  }

  private goToMatch(match: Promise<RowView | null>, nothing: string): Promise<void> {
    return this.seek(
      () => match,
      (row) => {
        if (!row) return this.showStatus(nothing);
        this.current = row.start;
        this.view.go(row.start, 0.35, true);
        this.showCount();
      },
    );
  }

  private toLine(line: number): Promise<void> {
    return this.seek(
      async (isCurrent) => {
        let at: number | null = null;
        while (isCurrent() && (at = await this.source.line(line)) === null);
        return at;
      },
      (at) => this.view.go(at ?? 0),
    );
  }

  /** Finds a place and goes there, unless another navigation began meanwhile. */
  private async seek<T>(find: (isCurrent: () => boolean) => Promise<T>, go: (found: T) => void): Promise<void> {
    const navigation = ++this.navigations;
    const isCurrent = (): boolean => navigation === this.navigations;
    this.root.classList.add("searching");
    try {
      const found = await find(isCurrent);
      if (isCurrent()) go(found);
    } catch {
      if (isCurrent()) this.showStatus(t("The log cannot be searched now. Is the server running?"));
    }
    if (isCurrent()) this.root.classList.remove("searching");
  }

  private showCount(): void {
    const { search } = this;
    if (!search) {
      this.showStatus("");
      return;
    }
    const count = search.found.length;
    const total = count.toLocaleString(language()) + (search.complete && !search.isFull() ? "" : "+");
    const number = ordinal(search.found, this.current).toLocaleString(language());
    if (count === 0) this.showStatus(search.complete ? (search.query.errors ? t("No errors") : t("Not found")) : t("Searching…"));
    else this.showStatus(number === "0" || search.found.length >= MAX_MATCHES ? total : t("{number} of {total}", { number, total }));
  }

  private showStatus(text: string): void {
    const count = need(this.root, "[data-log-count]");
    if (count.textContent !== text) count.textContent = text;
  }

  private showPosition(): void {
    const { rows } = this.view;
    const line = this.view.topLine();
    const number = (value: number): string => value.toLocaleString(language());
    const size = sizeText(rows.size);
    const place = need(this.root, "[data-log-place]");
    if (line !== null && rows.total !== null) {
      place.textContent = t("Line {line} of {total} · {size}", { line: number(line), total: number(Math.max(rows.total, line)), size });
    } else if (line !== null) place.textContent = t("Line {line} · {size}", { line: number(line), size });
    else place.textContent = size;
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof HTMLInputElement) return;
    const press = (name: string): void => need<HTMLElement>(this.root, `[data-log-${name}]`).click();
    const acts: Record<string, () => void> = {
      "/": () => this.field.select(),
      n: () => void this.step(false),
      N: () => void this.step(true),
      g: () => this.view.toStart(),
      G: () => this.view.toEnd(),
      f: () => (this.view.following ? this.view.pause() : this.view.toEnd()),
      e: () => this.firstError(),
      t: () => press("times"),
      w: () => press("wrap"),
      z: () => press("full"),
      Escape: () => this.root.classList.contains("full") && press("full"),
      Home: () => this.view.toStart(),
      End: () => this.view.toEnd(),
    };
    const act = acts[event.key];
    const ownKey = (event.target as HTMLElement).getAttribute("role") === "scrollbar" && ["Home", "End"].includes(event.key);
    if (!act || ownKey || (event.key === "Escape" && !this.root.classList.contains("full"))) return;
    event.preventDefault();
    act();
  }
}

/** `:120` is line 120. */
function lineNumber(text: string): number | null {
  const found = /^:(\d{1,15})$/.exec(text.trim());
  return found ? Math.max(Number(found[1]), 1) : null;
}
