/** What the Modules panel looks for and what it found; knows nothing of widgets. */
import { type ISignal, Signal } from "@lumino/signaling";
import { messageOf } from "@openmo/shared/problems";

import type { ModuleItem, ModulePage, ModuleQuery } from "./values";

const TYPING_MS = 200;

export const EVERYTHING: ModuleQuery = { search: "", category: "", kind: "", scope: "all", sort: "newest" };

/** Asks as somebody types: a moment after the last key, and only the newest answer counts. */
export class ModuleSearch {
  private readonly changedSignal = new Signal<this, void>(this);
  private current: ModuleQuery = EVERYTHING;
  private found: readonly ModuleItem[] = [];
  private next = "";
  private requests = 0;
  private requested: ModuleQuery | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private busy = false;
  private failure = "";
  private loaded = false;

  /** `find` resolves to the first page, or to the one after the cursor `after`. */
  constructor(private readonly find: (query: ModuleQuery, after: string) => Promise<ModulePage>) {}

  get changed(): ISignal<this, void> {
    return this.changedSignal;
  }

  get query(): ModuleQuery {
    return this.current;
  }

  get items(): readonly ModuleItem[] {
    return this.found;
  }

  /** Whether the platform has answered yet. */
  get isLoaded(): boolean {
    return this.loaded;
  }

  get isBusy(): boolean {
    return this.busy;
  }

  /** Why the newest request failed; empty: it did not. */
  get error(): string {
    return this.failure;
  }

  get hasMore(): boolean {
    return this.next !== "";
  }

  /** Whether anything but the tab narrows the list. */
  get isNarrowed(): boolean {
    return this.current.search.trim() !== "" || this.current.category !== "" || this.current.kind !== "";
  }

  /** Takes in what was typed, and requests it soon. */
  type(search: string): void {
    this.current = { ...this.current, search };
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.refresh(), TYPING_MS);
  }

  /** Takes in what was chosen, and requests it at once. */
  choose(choice: Partial<ModuleQuery>): Promise<void> {
    this.current = { ...this.current, ...choice };
    return this.refresh();
  }

  /** Requests the first page. */
  refresh(): Promise<void> {
    return this.request("");
  }

  /** Resolves once the list is that of the query as it is now. */
  async settle(): Promise<void> {
    if (this.current !== this.requested || this.busy) {
      await this.refresh();
    }
  }

  /** Requests the next page, if there is one. */
  more(): Promise<void> {
    return this.next === "" || this.busy ? Promise.resolve() : this.request(this.next);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.requests++; // what is under way counts no longer
  }

  private async request(after: string): Promise<void> {
    clearTimeout(this.timer);
    const request = ++this.requests;
    this.requested = this.current;
    this.busy = true;
    this.changedSignal.emit();
    try {
      const page = await this.find(this.current, after);
      if (request === this.requests) {
        this.found = after === "" ? page.items : [...this.found, ...page.items];
        this.next = page.next;
        this.loaded = true;
        this.failure = "";
      }
    } catch (reason) {
      if (request === this.requests) {
        this.failure = messageOf(reason);
      }
    }
    if (request === this.requests) {
      this.busy = false;
      this.changedSignal.emit();
    }
  }
}
