import { h } from "@openmo/shared/dom";
import { icon, need } from "../ui/dom";
import { t } from "../ui/texts";
import { parseRows, readTable, records, type Table } from "./table";
import { readTableFile } from "./table-file";

const SHOWN_ROWS = 50;

/** A table that is typed, pasted from a spreadsheet, or read from a CSV file. */
export class Grid {
  private readonly view: HTMLElement;
  private readonly note: HTMLElement;
  private readonly actions: HTMLElement;
  private table: Table = { columns: [], rows: [] };

  constructor(private readonly root: HTMLElement) {
    this.view = need(root, "[data-grid-view]");
    this.note = need(root, "[data-grid-note]");
    this.actions = need(root, "[data-grid-more]");
    const file = need<HTMLInputElement>(root, "[data-grid-file]");
    file.addEventListener("change", () => {
      const picked = file.files?.[0];
      if (picked) readTableFile(picked).then((table) => this.replace(table), () => (this.note.textContent = t("This file cannot be read.")));
      file.value = "";
    });
    this.button("[data-grid-row]", () => this.addRow());
    this.button("[data-grid-column]", () => this.addColumn());
    this.button("[data-grid-clear]", () => this.replace({ columns: [], rows: [] }));
    root.addEventListener("paste", (event) => this.paste(event));
    this.draw();
  }

  /** The rows by column name; undefined for an empty table. */
  value(): unknown[] | undefined {
    const rows = this.table.rows.filter((row) => row.some((text) => text !== ""));
    return rows.length ? records({ columns: this.table.columns, rows }) : undefined;
  }

  set(table: Table | null): void {
    this.table = table ?? { columns: [], rows: [] };
    this.draw();
  }

  private replace(table: Table): void {
    this.set(table);
    this.changed();
  }

  private changed(): void {
    this.root.dispatchEvent(new Event("input", { bubbles: true }));
  }

  private button(selector: string, act: () => void): void {
    need<HTMLButtonElement>(this.root, selector).addEventListener("click", act);
  }

  private addRow(): void {
    if (this.table.columns.length === 0) this.table.columns = ["a", "b"];
    this.table.rows.push(this.table.columns.map(() => ""));
    this.draw();
    this.focus(Math.min(this.table.rows.length, SHOWN_ROWS) - 1, 0);
    this.changed();
  }

  private addColumn(): void {
    const { columns, rows } = this.table;
    let name = columns.length + 1;
    while (columns.includes(`column ${name}`)) name++;
    columns.push(`column ${name}`);
    if (rows.length === 0) rows.push([]);
    for (const row of rows) while (row.length < columns.length) row.push("");
    this.draw();
    this.focus(-1, columns.length - 1);
    this.changed();
  }

  /** Several cells at once fill the table from the cell that has the focus; an empty table they make. */
  private paste(event: ClipboardEvent): void {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const at = (event.target as HTMLElement).dataset.cell?.split(",").map(Number);
    const isEmpty = this.table.rows.every((row) => row.every((cell) => cell === ""));
    if (!at || isEmpty || at[0] === -1) this.replace(readTable(text));
    else this.fill(parseRows(text), at[0] ?? 0, at[1] ?? 0);
  }

  private fill(cells: string[][], row: number, column: number): void {
    const { columns, rows } = this.table;
    for (const [down, line] of cells.entries()) {
      const target = (rows[row + down] ??= columns.map(() => ""));
      for (const [right, text] of line.entries()) if (column + right < columns.length) target[column + right] = text;
    }
    this.replace(this.table);
  }

  private draw(): void {
    const { columns, rows } = this.table;
    this.actions.hidden = columns.length === 0;
    need<HTMLElement>(this.root, "[data-grid-clear]").hidden = columns.length === 0;
    if (columns.length === 0) {
      const paste = h("textarea", {
        class: "form-control mono",
        rows: "3",
        "data-value": true,
        "aria-label": t("Paste a table"),
        "aria-describedby": this.root.dataset.about,
        placeholder: t("Paste rows from a spreadsheet here, the first with the columns' names."),
      });
      paste.addEventListener("change", () => paste.value.trim() && this.replace(readTable(paste.value)));
      this.view.replaceChildren(paste);
      this.note.textContent = "";
      return;
    }
    const head = h("tr", {}, h("th", { class: "grid-edge" }), ...columns.map((name, at) => h("th", { scope: "col" }, this.cell(name, -1, at))));
    const body = rows.slice(0, SHOWN_ROWS).map((row, at) => this.row(row, at));
    this.view.replaceChildren(h("div", { class: "grid-scroll" }, h("table", { class: "data-grid" }, h("thead", {}, head), h("tbody", {}, ...body))));
    const count = { rows: rows.length, columns: columns.length };
    this.note.textContent = rows.length > SHOWN_ROWS ? t("{rows} rows, the first {shown} shown", { ...count, shown: SHOWN_ROWS }) : t("{rows} rows", count);
  }

  private row(cells: string[], at: number): HTMLTableRowElement {
    const remove = h("button", { type: "button", class: "btn btn-quiet btn-sm", "aria-label": t("Remove row {number}", { number: at + 1 }) }, icon("close"));
    remove.addEventListener("click", () => {
      this.table.rows.splice(at, 1);
      this.replace(this.table);
      this.focus(Math.min(at, this.table.rows.length - 1), 0);
    });
    const inputs = this.table.columns.map((_, column) => h("td", {}, this.cell(cells[column] ?? "", at, column)));
    return h("tr", {}, h("td", { class: "grid-edge" }, remove), ...inputs);
  }

  private cell(text: string, row: number, column: number): HTMLInputElement {
    const name = this.table.columns[column] ?? "";
    const label = row < 0 ? t("Name of column {number}", { number: column + 1 }) : t("Row {number}, {name}", { number: row + 1, name });
    const input = h("input", { class: row < 0 ? "form-control grid-name" : "form-control", "data-value": true, "data-cell": `${row},${column}`, "aria-label": label });
    input.value = text;
    input.addEventListener("input", () => {
      if (row < 0) this.table.columns[column] = input.value;
      else (this.table.rows[row] ??= [])[column] = input.value;
    });
    input.addEventListener("keydown", (event) => this.moveFocus(event, row, column));
    return input;
  }

  private moveFocus(event: KeyboardEvent, row: number, column: number): void {
    const step = { ArrowDown: 1, Enter: 1, ArrowUp: -1 }[event.key];
    if (!step || event.isComposing) return;
    event.preventDefault();
    if (event.key === "Enter" && row === this.table.rows.length - 1) this.addRow();
    else this.focus(row + step, column);
  }

  private focus(row: number, column: number): void {
    this.root.querySelector<HTMLElement>(`[data-cell="${row},${column}"]`)?.focus();
  }
}
