import { durationText } from "@openmo/shared/durations";
import { h } from "@openmo/shared/dom";
import { runSeconds } from "@openmo/shared/jobs";
import type { ComparedJob, ComparisonView } from "@openmo/shared/rest-api";
import { short } from "../charts/format";
import { toneClass } from "../charts/plot";
import { icon } from "../ui/dom";
import { order } from "../ui/order";
import { language, t } from "../ui/texts";
import { moreIsBetter } from "./metrics";

const METRICS_MAX = 8;

type Cell = string | number | null;

interface Column {
  title: string;
  value: (job: ComparedJob) => Cell;
  shown?: (job: ComparedJob) => Node | string;
  differs?: boolean;
  numeric?: boolean;
}

/** The jobs as rows with their arguments and outcomes; a click on a title sorts. What does not change stays as it is. */
export class CompareTable {
  private readonly head = h("tr");
  private readonly body = h("tbody");
  private readonly rows = new Map<number, HTMLTableRowElement>();
  /** The title of the column that sorts. */
  private sorted = "";
  private down = false;
  private found: ComparisonView | null = null;

  constructor(
    box: HTMLElement,
    private readonly hidden: Set<number>,
    private readonly changed: () => void,
  ) {
    box.replaceChildren(h("table", { class: "rows compare" }, h("thead", {}, this.head), this.body));
  }

  show(found: ComparisonView): void {
    this.found = found;
    this.draw();
  }

  private draw(): void {
    const found = this.found;
    if (!found) return;
    const focused = document.activeElement;
    const columns = columnsOf(found);
    const by = columns.find((column) => column.title === this.sorted);
    const jobs = [...found.jobs];
    if (by) jobs.sort((a, b) => order(by.value(a), by.value(b), this.down));
    const pick = h("th", { scope: "col" }, h("span", { class: "visually-hidden" }, t("Show")));
    updateCells(this.head, [pick, ...columns.map((column) => this.title(column, column === by))]);
    const rows = jobs.map((job) => {
      const row = this.rows.get(job.number) ?? h("tr");
      this.rows.set(job.number, row);
      updateCells(row, [this.pick(job, found.jobs.indexOf(job)), ...columns.map((column) => cell(column, job))]);
      return row;
    });
    if (rows.length !== this.body.rows.length || rows.some((row, at) => row !== this.body.rows[at])) this.body.replaceChildren(...rows);
    if (focused instanceof HTMLElement && focused !== document.activeElement) focused.focus({ preventScroll: true });
  }

  private title(column: Column, sorts: boolean): HTMLElement {
    const button = h("button", { type: "button" }, column.title);
    button.addEventListener("click", () => {
      this.down = this.sorted === column.title && !this.down;
      this.sorted = column.title;
      this.draw();
    });
    const sort = !sorts ? "none" : this.down ? "descending" : "ascending";
    const kind = `${column.numeric ? "end" : ""} ${column.differs ? "differs" : ""}`.trim();
    return h("th", { scope: "col", class: kind, "aria-sort": sort }, button);
  }

  private pick(job: ComparedJob, tone: number): HTMLElement {
    const box = h("input", { type: "checkbox", class: "form-check-input", "aria-label": t("Show {name}", { name: job.name }) });
    box.checked = !this.hidden.has(job.number);
    box.addEventListener("change", () => {
      if (box.checked) this.hidden.delete(job.number);
      else this.hidden.add(job.number);
      this.changed();
    });
    return h("td", { class: "pick" }, box, h("i", { class: `swatch ${toneClass(tone)}` }));
  }
}

/** Puts these cells into the row, and leaves those that say the same as they are: what has the focus keeps it. */
function updateCells(row: HTMLTableRowElement, cells: HTMLElement[]): void {
  for (const [at, fresh] of cells.entries()) {
    const old = row.cells[at] ?? row.insertCell();
    for (const name of fresh.getAttributeNames()) old.setAttribute(name, fresh.getAttribute(name) ?? "");
    if (!old.isEqualNode(fresh)) old.replaceWith(fresh);
  }
  while (row.cells.length > cells.length) row.deleteCell(-1);
}

function columnsOf(found: ComparisonView): Column[] {
  const scripts = new Set(found.jobs.map((job) => job.script)).size > 1;
  const codes = new Set(found.jobs.map((job) => job.code)).size > 1;
  return [
    { title: t("Job"), value: (job) => job.number, shown: (job) => h("a", { href: job.url }, `#${job.number} ${job.name}`) },
    { title: t("State"), value: (job) => stateName(job.state), shown: (job) => h("span", { class: `state ${job.state}` }, icon(job.state), stateName(job.state)) },
    { title: t("Duration"), numeric: true, value: seconds, shown: (job) => (seconds(job) === null ? "–" : durationText(seconds(job) ?? 0)) },
    ...(scripts ? [{ title: t("Script"), value: (job: ComparedJob) => job.script, differs: true }] : []),
    ...(codes ? [{ title: t("Code"), value: (job: ComparedJob) => job.code, differs: true }] : []),
    ...found.differing.map((name) => ({ title: name, value: (job: ComparedJob) => sortable(job.arguments[name]), shown: (job: ComparedJob) => job.arguments[name] ?? "–", differs: true })),
    ...found.metrics.slice(0, METRICS_MAX).flatMap(({ name }) => outcomes(name)),
  ];
}

function outcomes(name: string): Column[] {
  const best = moreIsBetter(name) ? "max" : "min";
  const of = (key: "last" | "min" | "max") => (job: ComparedJob): number | null => job.metrics[name]?.[key] ?? null;
  return [
    { title: t("{name} final", { name }), numeric: true, value: of("last"), shown: (job) => short(of("last")(job), language()) },
    {
      title: best === "max" ? t("{name} highest", { name }) : t("{name} lowest", { name }),
      numeric: true,
      value: of(best),
      shown: (job) => short(of(best)(job), language()),
    },
  ];
}

function cell(column: Column, job: ComparedJob): HTMLElement {
  const kind = `${column.numeric ? "end num" : ""} ${column.differs ? "differs mono" : ""}`.trim();
  return h("td", { class: kind }, column.shown ? column.shown(job) : String(column.value(job) ?? "–"));
}

function seconds(job: ComparedJob): number | null {
  if (job.seconds !== null) return job.seconds;
  return runSeconds({ started_at: job.started_at, ended_at: null }, Date.now());
}

const sortable = (text: string | undefined): Cell => (text === undefined ? null : text.trim() && Number.isFinite(Number(text)) ? Number(text) : text);

function stateName(state: ComparedJob["state"]): string {
  return { pending: t("Pending"), running: t("Running"), succeeded: t("Succeeded"), failed: t("Failed"), terminated: t("Terminated") }[state];
}
