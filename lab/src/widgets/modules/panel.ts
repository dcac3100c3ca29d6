import type { TranslationBundle } from "@jupyterlab/translation";
import { Widget } from "@lumino/widgets";
import { h } from "@openmo/shared/dom";

import { button } from "../../buttons";
import { modulesIcon } from "../../icons";
import type { ModuleImports } from "../../modules/imports";
import type { ModuleSearch } from "../../modules/search";
import { CATEGORIES, type ModuleItem, SCOPES, type Scope } from "../../modules/values";
import { moduleRow } from "./row";
import { categoryText, emptyText, kindText, scopeText } from "./wording";

interface IOptions {
  readonly search: ModuleSearch;
  readonly trans: TranslationBundle;
  readonly open: (item: ModuleItem) => void;
  readonly imports: ModuleImports;
}

/** Modules at the left: found as one types. */
export class ModulesPanel extends Widget {
  private readonly box: HTMLInputElement;
  private readonly scopes = new Map<Scope, HTMLButtonElement>();
  private readonly list = h("ul", { class: "openmo-Modules-list" });
  private readonly status = h("div", { class: "openmo-Modules-status" });
  private readonly errorText = h("span");
  private readonly error: HTMLElement;
  private readonly more: HTMLButtonElement;
  private shown: readonly ModuleItem[] = [];
  private readonly onChanged = (): void => { this.update(); };

  constructor(private readonly options: IOptions) {
    super();
    const { trans, search } = options;
    this.id = "openmo-modules";
    this.addClass("openmo-Modules");
    this.title.icon = modulesIcon;
    this.title.caption = trans.__("Modules");
    this.node.setAttribute("role", "region");
    this.node.setAttribute("aria-label", trans.__("Modules"));
    this.box = h("input", {
      type: "search", class: "jp-mod-styled", placeholder: trans.__("Search modules"), "aria-label": trans.__("Search modules"),
      spellcheck: "false", autocomplete: "off",
    });
    this.box.addEventListener("input", () => { search.type(this.box.value); });
    this.list.setAttribute("aria-label", trans.__("Modules"));
    this.status.setAttribute("role", "status");
    this.error = h(
      "div", { class: "openmo-Modules-error", role: "alert", hidden: true },
      this.errorText, button(trans.__("Try again"), () => void search.refresh()),
    );
    this.more = button(trans.__("Show more"), () => void search.more());
    this.node.append(
      h("div", { class: "openmo-Modules-head" }, this.box, this.tabs(), this.filters()),
      this.error, this.status, this.list, this.more,
    );
    this.node.addEventListener("keydown", (event) => { this.onKey(event); });
    this.list.addEventListener("focusin", (event) => { this.setTabStop(this.rows.findIndex((row) => row === event.target)); });
    search.changed.connect(this.onChanged);
    this.update();
  }

  override dispose(): void {
    this.options.search.changed.disconnect(this.onChanged);
    this.options.search.dispose();
    super.dispose();
  }

  protected override onAfterShow(): void {
    void this.options.search.refresh();
  }

  protected override onActivateRequest(): void {
    this.box.focus();
    this.box.select();
  }

  protected override onUpdateRequest(): void {
    const { search } = this.options;
    for (const [scope, tab] of this.scopes) {
      tab.setAttribute("aria-pressed", String(scope === search.query.scope));
    }
    this.error.hidden = search.error === "";
    setText(this.errorText, search.error);
    this.node.setAttribute("aria-busy", String(search.isBusy));
    setText(this.status, this.statusText());
    this.status.hidden = this.status.textContent === "";
    this.more.hidden = !search.hasMore;
    this.more.disabled = search.isBusy;
    if (this.shown !== search.items) {
      this.draw(search.items);
    }
  }

  private statusText(): string {
    const { search, trans } = this.options;
    if (!search.isLoaded) {
      return search.isBusy ? trans.__("Looking for modules…") : "";
    }
    const isEmpty = search.items.length === 0 && search.error === "";
    return isEmpty ? emptyText(search.query.scope, search.isNarrowed, trans) : "";
  }

  private draw(items: readonly ModuleItem[]): void {
    const focused = this.rows.findIndex((row) => row === document.activeElement);
    this.shown = items;
    const { trans, open, imports } = this.options;
    this.list.replaceChildren(...items.map((item) => moduleRow(item, trans, open, imports)));
    this.setTabStop(Math.max(0, focused));
    if (focused >= 0) {
      this.focusRow(focused);
    }
  }

  private tabs(): HTMLElement {
    const { trans, search } = this.options;
    const group = h("div", { class: "openmo-Modules-tabs", role: "group", "aria-label": trans.__("Which modules") });
    for (const scope of SCOPES) {
      const tab = h("button", { type: "button", class: "openmo-Modules-tab" }, scopeText(scope, trans));
      tab.addEventListener("click", () => void search.choose({ scope }));
      this.scopes.set(scope, tab);
      group.append(tab);
    }
    return group;
  }

  private filters(): HTMLElement {
    const { trans, search } = this.options;
    const categories = CATEGORIES.map((each): [string, string] => [each, categoryText(each, trans)]);
    const kinds = (["model", "toolkit"] as const).map((each): [string, string] => [each, kindText(each, trans)]);
    return h(
      "div", { class: "openmo-Modules-filters" },
      select(trans.__("Category"), [["", trans.__("Category")], ...categories], (category) => void search.choose({ category })),
      select(trans.__("Kind"), [["", trans.__("Kind")], ...kinds], (kind) => void search.choose({ kind })),
      select(trans.__("Order"), [["newest", trans.__("Newest")], ["used", trans.__("Most used")]], (sort) => {
        void search.choose({ sort: sort === "used" ? "used" : "newest" });
      }),
    );
  }

  private get rows(): HTMLButtonElement[] {
    return [...this.list.querySelectorAll<HTMLButtonElement>(".openmo-ModuleRow")];
  }

  /** One row is reached by the Tab key, the arrow keys lead to the others. */
  private setTabStop(at: number): void {
    if (at >= 0) {
      this.rows.forEach((row, index) => { row.tabIndex = index === at ? 0 : -1; });
    }
  }

  /** What the text in the box finds, not what an earlier one did. */
  private async openFirst(): Promise<void> {
    const { search, open } = this.options;
    await search.settle();
    const [first] = search.items;
    if (first !== undefined && search.error === "") {
      open(first);
    }
  }

  private focusRow(at: number): void {
    const rows = this.rows;
    rows[Math.min(rows.length - 1, Math.max(0, at))]?.focus();
  }

  private onKey(event: KeyboardEvent): void {
    const rows = this.rows;
    const at = rows.findIndex((row) => row === event.target);
    const inBox = event.target === this.box;
    if (inBox && event.key === "Enter") {
      void this.openFirst();
    } else if (at === 0 && event.key === "ArrowUp") {
      this.box.focus();
    } else if ((inBox && event.key === "ArrowDown") || (at >= 0 && ["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key))) {
      this.focusRow({ ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key] ?? 0);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
}

/** What stays the same is not written again: a screen reader would read it anew, and a text under the pointer move. */
function setText(node: HTMLElement, text: string): void {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

function select(label: string, options: readonly [string, string][], choose: (value: string) => void): HTMLSelectElement {
  const node = h("select", { class: "jp-mod-styled", "aria-label": label });
  node.append(...options.map(([value, text]) => h("option", { value }, text)));
  node.addEventListener("change", () => { choose(node.value); });
  return node;
}
