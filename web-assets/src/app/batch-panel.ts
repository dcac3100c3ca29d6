import { h } from "@openmo/shared/dom";
import { messageOf } from "@openmo/shared/problems";
import { need } from "../ui/dom";
import { t } from "../ui/texts";
import { fitsCell, readCell, runBatch, type RowResult } from "./batch";
import { call } from "./call";
import { saveText, toCsv } from "./csv";
import type { Form } from "./form";
import { explain } from "./problems";
import type { Table } from "./table";
import { readTableFile } from "./table-file";
import type { AppData, Problem, Values } from "./types";

const SHOWN_ROWS = 100;

/** Runs the app over the rows of a CSV file, all in the reader's browser. */
export class BatchPanel {
  private readonly setup: HTMLElement;
  private readonly report: HTMLElement;
  private readonly progress: HTMLProgressElement;
  private readonly note: HTMLElement;
  private readonly start: HTMLButtonElement;
  private readonly stop: HTMLButtonElement;
  private readonly save: HTMLButtonElement;
  private readonly head = h("tr");
  private readonly body = h("tbody");
  private table: Table = { columns: [], rows: [] };
  private name = "table";
  private results: RowResult[] = [];
  private running: AbortController | null = null;

  constructor(
    private readonly root: HTMLElement,
    private readonly form: Form,
    private readonly data: AppData,
  ) {
    this.setup = need(root, "[data-batch-columns]");
    this.report = need(root, "[data-batch-report]");
    this.progress = need(root, "progress");
    this.note = need(root, "[data-batch-note]");
    this.start = need(root, "[data-batch-start]");
    this.stop = need(root, "[data-batch-stop]");
    this.save = need(root, "[data-batch-save]");
    this.start.addEventListener("click", () => void this.run());
    this.stop.addEventListener("click", () => this.running?.abort());
    this.save.addEventListener("click", () => saveText(this.csv(), `${this.name}-results.csv`));
    const file = need<HTMLInputElement>(root, "[data-batch-file]");
    file.addEventListener("change", () => {
      const picked = file.files?.[0];
      if (picked) readTableFile(picked).then((table) => this.load(table, picked.name), () => this.rejectFile());
      file.value = "";
    });
  }

  private load(table: Table, file: string): void {
    this.running?.abort();
    this.table = table;
    this.name = file.replace(/\.\w+$/, "");
    this.results = [];
    this.report.hidden = true;
    const hasRows = table.rows.length > 0;
    this.showFile(hasRows ? `${file} · ${t("{rows} rows", { rows: table.rows.length })}` : t("This file has no rows below its first line."));
    this.setup.hidden = this.start.hidden = !hasRows;
    this.setup.replaceChildren(...this.data.inputs.map((spec, at) => this.mapping(at, fitsCell(spec))));
  }

  private rejectFile(): void {
    this.load({ columns: [], rows: [] }, "");
    this.showFile(t("This file cannot be read."));
  }

  private showFile(text: string): void {
    need<HTMLElement>(this.root, "[data-batch-name]").textContent = text;
  }

  private mapping(at: number, fits: boolean): HTMLElement {
    const name = this.data.inputs[at]?.name ?? "";
    const id = `column-of-${at}`;
    const select = h("select", { class: "form-select", id, "data-input": String(at) }, h("option", { value: "" }, t("What the form says")));
    if (fits) select.append(...this.table.columns.map((column, index) => h("option", { value: String(index) }, column)));
    else select.disabled = true;
    const same = (column: string): boolean => column.trim().toLowerCase() === name.trim().toLowerCase();
    const found = fits ? this.table.columns.findIndex(same) : -1;
    if (found >= 0) select.value = String(found);
    return h("div", {}, h("label", { for: id }, name), select);
  }

  private async run(): Promise<void> {
    const columns = this.columns();
    const fixed = this.form.values();
    const missing = this.data.inputs.find((spec, at) => spec.required && columns[at] === null && !fixed.has(spec.name));
    this.report.hidden = false;
    if (missing) {
      this.note.textContent = t("{name} needs a column, or a value in the form.", { name: missing.name });
      return;
    }
    const controller = (this.running = new AbortController());
    this.begin();
    const batch = {
      rows: this.table.rows,
      values: (row: string[]) => this.values(row, columns, fixed),
      call: (values: Values, signal: AbortSignal) => call(this.data, values, signal),
      describe: problemText,
      onResult: (at: number, result: NonNullable<RowResult>) => this.show(at, result),
      onPause: (seconds: number) => this.showProgress(t("The server asks for a pause of {seconds} s.", { seconds: Math.ceil(seconds) })),
    };
    await runBatch(batch, controller.signal);
    if (this.running === controller) this.end(controller.signal.aborted);
  }

  /** For each input the column that gives it; null: the form does. */
  private columns(): (number | null)[] {
    const selects = [...this.setup.querySelectorAll<HTMLSelectElement>("select")];
    return selects.map((one) => (one.value === "" ? null : Number(one.value)));
  }

  private values(row: string[], columns: (number | null)[], fixed: Values): Values {
    const values: Values = new Map();
    for (const [at, spec] of this.data.inputs.entries()) {
      const column = columns[at] ?? null;
      const value = column === null ? fixed.get(spec.name) : withName(spec.name, () => readCell(row[column] ?? "", spec));
      if (value !== undefined) values.set(spec.name, value);
      else if (spec.required) throw new Error(`${spec.name}: ${t("This input is required.")}`);
    }
    return values;
  }

  private begin(): void {
    this.results = this.table.rows.map(() => null);
    this.progress.max = this.table.rows.length;
    this.setBusy(true);
    const rows = this.table.rows.slice(0, SHOWN_ROWS).map((_, at) => h("tr", {}, h("td", { class: "num muted" }, String(at + 1)), h("td", { colspan: String(this.outputs().length + 1), class: "muted" }, "…")));
    this.updateHead();
    this.body.replaceChildren(...rows);
    need(this.root, "[data-batch-table]").replaceChildren(h("table", { class: "rows data-rows" }, h("thead", {}, this.head), this.body));
    this.showProgress("");
  }

  /** An app that names no outputs shows what they are by its first answer. */
  private updateHead(): void {
    const names = ["", ...this.outputs(), t("Problem")];
    if (names.length !== this.head.cells.length) this.head.replaceChildren(...names.map((name) => h("th", { scope: "col" }, name)));
  }

  private show(at: number, result: NonNullable<RowResult>): void {
    this.results[at] = result;
    this.updateHead();
    const row = this.body.rows[at];
    if (row) {
      const cells = "answer" in result ? [...this.outputs().map((name) => cellText(result.answer.output[name])), ""] : [...this.outputs().map(() => ""), result.error];
      row.replaceChildren(h("td", { class: "num muted" }, String(at + 1)), ...cells.map((text) => h("td", {}, text.slice(0, 200))));
      row.classList.toggle("bad", "error" in result);
    }
    this.showProgress("");
  }

  private showProgress(note: string): void {
    const done = this.results.filter((one) => one !== null);
    const failed = done.filter((one) => "error" in one).length;
    this.progress.value = done.length;
    const counts = t("{done} of {total}", { done: done.length, total: this.results.length });
    this.note.textContent = [counts, failed ? t("{failed} failed", { failed }) : "", note].filter(Boolean).join(" · ");
  }

  private end(stopped: boolean): void {
    this.running = null;
    this.setBusy(false);
    this.showProgress(stopped ? t("Stopped") : t("Done"));
    this.save.hidden = this.results.every((one) => one === null);
  }

  private setBusy(busy: boolean): void {
    const [hidden, shown] = busy ? [this.start, this.stop] : [this.stop, this.start];
    shown.hidden = false;
    if (document.activeElement === hidden) shown.focus();
    hidden.hidden = true;
    if (busy) this.save.hidden = true;
  }

  private outputs(): string[] {
    if (this.data.outputs.length) return this.data.outputs.map((one) => one.name);
    const first = this.results.find((one) => one && "answer" in one);
    return first && "answer" in first ? Object.keys(first.answer.output) : [];
  }

  private csv(): string {
    const rows = this.table.rows.map((row, at) => {
      const result = this.results[at];
      const outputs = this.outputs().map((name) => (result && "answer" in result ? result.answer.output[name] : ""));
      return [...row, ...outputs, result && "error" in result ? result.error : ""];
    });
    return toCsv([...this.table.columns, ...this.outputs(), "error"], rows);
  }
}

function cellText(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value ?? "");
}

function withName<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Error(`${name}: ${messageOf(error)}`, { cause: error });
  }
}

function problemText(problem: Problem): string {
  if (problem.errors?.length) return problem.errors.map((one) => `${one.name}: ${one.message}`).join("; ");
  const { title, text } = explain(problem);
  return problem.detail || `${title} ${text}`;
}
