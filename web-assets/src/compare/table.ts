import { short } from "../charts/format";
import { toneClass } from "../charts/plot";
import { h, icon } from "../ui/dom";
import { duration } from "../ui/durations";
import { language, t } from "../ui/texts";
import type { ComparedJob, Comparison } from "./answers";
import { moreIsBetter } from "./answers";

const METRICS_MAX = 8;

type Cell = string | number | null;

interface Column {
  title: string;
  value: (job: ComparedJob) => Cell;
  shown?: (job: ComparedJob) => Node | string;
  differs?: boolean;
  numeric?: boolean;
}

/** The jobs as rows with their arguments and outcomes; a click on a title sorts. */
export class CompareTable {
  private sorted = -1;
  private down = false;
  private found: Comparison | null = null;

  constructor(
    private readonly box: HTMLElement,
    private readonly hidden: Set<number>,
    private readonly changed: () => void,
  ) {}

  show(found: Comparison): void {
    this.found = found;
    this.draw();
  }

  private draw(): void {
    const found = this.found;
    if (!found) return;
    const columns = columnsOf(found);
    const order = new Map(found.jobs.map((job, index) => [job.number, index]));
    const jobs = [...found.jobs];
    const by = columns[this.sorted];
    if (by) jobs.sort((a, b) => compare(by.value(a), by.value(b)) * (this.down ? -1 : 1));
    const focused = this.box.querySelector("thead button:focus") ? this.sorted : -1;
    const head = columns.map((column, index) => this.title(column, index));
    const rows = jobs.map((job) => h("tr", {}, this.pick(job, order.get(job.number) ?? 0), ...columns.map((column) => cell(column, job))));
    const pick = h("th", { scope: "col" }, h("span", { class: "visually-hidden" }, t("Show")));
    this.box.replaceChildren(h("table", { class: "rows compare" }, h("thead", {}, h("tr", {}, pick, ...head)), h("tbody", {}, ...rows)));
    if (focused >= 0) this.box.querySelectorAll<HTMLButtonElement>("thead button")[focused]?.focus();
  }

  private title(column: Column, index: number): HTMLElement {
    const button = h("button", { type: "button" }, column.title);
    button.addEventListener("click", () => {
      this.down = this.sorted === index ? !this.down : false;
      this.sorted = index;
      this.draw();
    });
    const sort = index !== this.sorted ? "none" : this.down ? "descending" : "ascending";
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

function columnsOf(found: Comparison): Column[] {
  const scripts = new Set(found.jobs.map((job) => job.script)).size > 1;
  const codes = new Set(found.jobs.map((job) => job.code)).size > 1;
  return [
    { title: t("Job"), value: (job) => job.number, shown: (job) => h("a", { href: job.url }, `#${job.number} ${job.name}`) },
    { title: t("State"), value: (job) => stateName(job.state), shown: (job) => h("span", { class: `state ${job.state}` }, icon(job.state), stateName(job.state)) },
    { title: t("Duration"), numeric: true, value: seconds, shown: (job) => (seconds(job) === null ? "–" : duration(seconds(job) ?? 0)) },
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
  return job.started_at === null ? null : Math.max(0, (Date.now() - Date.parse(job.started_at)) / 1000);
}

const sortable = (text: string | undefined): Cell => (text === undefined ? null : text.trim() && Number.isFinite(Number(text)) ? Number(text) : text);

/** Numbers before texts, nothing last. */
export function compare(a: Cell, b: Cell): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}

function stateName(state: ComparedJob["state"]): string {
  return { pending: t("Pending"), running: t("Running"), succeeded: t("Succeeded"), failed: t("Failed"), terminated: t("Terminated") }[state];
}
