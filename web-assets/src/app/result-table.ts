import { h } from "@openmo/shared/dom";
import { short } from "../charts/format";
import { icon } from "../ui/dom";
import { order } from "../ui/order";
import { language, t } from "../ui/texts";
import { saveText, toCsv } from "./csv";

export interface ResultTable {
  /** None for a plain matrix. */
  columns: string[] | null;
  rows: unknown[][];
}

const PAGE = 100;

/** The value as a table: records, columns with rows, or a matrix of scalars; null when it is none. */
export function asTable(value: unknown): ResultTable | null {
  if (Array.isArray(value) && value.length > 0) {
    if (value.every(isRecord)) {
      const columns = [...new Set(value.slice(0, 1000).flatMap((row) => Object.keys(row)))];
      return { columns, rows: value.map((row) => columns.map((name) => row[name])) };
    }
    return isMatrix(value) ? { columns: null, rows: value } : null;
  }
  if (!isRecord(value) || Object.keys(value).length !== 2) return null;
  const { columns, rows } = value;
  if (!Array.isArray(columns) || !Array.isArray(rows) || !rows.every(Array.isArray)) return null;
  return { columns: columns.map(String), rows: rows as unknown[][] };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isMatrix(value: unknown[]): value is unknown[][] {
  const width = Array.isArray(value[0]) ? value[0].length : 0;
  const flat = (row: unknown): boolean => Array.isArray(row) && row.length === width && row.every((one) => typeof one !== "object" || one === null);
  return width > 0 && width <= 50 && value.every(flat);
}

/** The table: sorted by a click on a column's name, a page at a time, saved as CSV. */
export function renderTable(table: ResultTable, name: string): HTMLElement {
  return new TableView(table, name).element;
}

class TableView {
  readonly element: HTMLElement;
  private readonly body = h("tbody");
  private readonly more = h("button", { type: "button", class: "btn btn-plain btn-sm" }, t("Show more rows"));
  private readonly headings: HTMLTableCellElement[];
  private order: number[];
  private sorted: { column: number; down: boolean } | null = null;
  private shown = 0;

  constructor(
    private readonly table: ResultTable,
    name: string,
  ) {
    this.order = table.rows.map((_, at) => at);
    this.headings = (table.columns ?? []).map((column, at) => this.heading(column, at));
    const head = this.headings.length ? h("thead", {}, h("tr", {}, ...this.headings)) : null;
    const save = h("button", { type: "button", class: "btn btn-plain btn-sm" }, icon("download"), "CSV");
    save.addEventListener("click", () => saveText(this.csv(), `${name}.csv`));
    this.more.addEventListener("click", () => this.page());
    this.element = h(
      "div",
      {},
      h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": name }, h("table", { class: "rows data-rows" }, head, this.body)),
      h("div", { class: "table-foot" }, h("span", { class: "num" }, t("{rows} rows", { rows: table.rows.length })), this.more, save),
    );
    this.page();
  }

  private heading(column: string, at: number): HTMLTableCellElement {
    const button = h("button", { type: "button", class: "sort" }, column, icon("down"));
    button.addEventListener("click", () => this.sort(at));
    return h("th", { scope: "col", class: this.isNumeric(at) ? "num" : undefined }, button);
  }

  private isNumeric(at: number): boolean {
    return this.table.rows.slice(0, 50).every((row) => typeof row[at] === "number" || row[at] === null);
  }

  private sort(column: number): void {
    const down = this.sorted?.column === column && !this.sorted.down;
    this.sorted = { column, down };
    for (const [at, heading] of this.headings.entries()) {
      if (at === column) heading.setAttribute("aria-sort", down ? "descending" : "ascending");
      else heading.removeAttribute("aria-sort");
    }
    const { rows } = this.table;
    this.order = rows.map((_, at) => at).sort((a, b) => order(rows[a]?.[column], rows[b]?.[column], down));
    this.body.replaceChildren();
    this.shown = 0;
    this.page();
  }

  private page(): void {
    const next = this.order.slice(this.shown, this.shown + PAGE);
    const width = this.table.columns?.length ?? this.table.rows[0]?.length ?? 0;
    this.body.append(
      ...next.map((at) => {
        const row = this.table.rows[at] ?? [];
        return h("tr", {}, ...Array.from({ length: width }, (_, column) => cell(row[column])));
      }),
    );
    this.shown += next.length;
    this.more.hidden = this.shown >= this.order.length;
  }

  private csv(): string {
    const { columns, rows } = this.table;
    return toCsv(columns ?? (rows[0] ?? []).map((_, at) => String(at)), this.order.map((at) => rows[at] ?? []));
  }
}

function cell(value: unknown): HTMLTableCellElement {
  if (typeof value === "number") return h("td", { class: "num", title: String(value) }, short(value, language()));
  return h("td", {}, typeof value === "object" && value !== null ? JSON.stringify(value) : String(value ?? ""));
}
