import { short } from "../charts/format";
import { h, icon } from "../ui/dom";
import { language, t } from "../ui/texts";
import type { Answer, OutputSpec, Problem } from "./types";

const MOST_ROWS = 200;
const MOST_BARS = 20;

/** The outputs of a call, each by its type. */
export function renderAnswer(answer: Answer, outputs: OutputSpec[]): HTMLElement {
  const box = h("div");
  for (const [name, value] of Object.entries(answer.output)) {
    const spec = outputs.find((one) => one.name === name);
    box.append(
      h(
        "div",
        { class: "result-item" },
        h("div", { class: "label-line" }, h("strong", {}, name), h("span", {}, spec?.description ?? "")),
        renderValue(value, spec?.type ?? ""),
      ),
    );
  }
  if (!box.hasChildNodes()) box.append(h("div", { class: "result-empty" }, t("The app returned nothing.")));
  return box;
}

/** What went wrong with a call, in words. */
export function renderProblem(problem: Problem): HTMLElement {
  const title = problem.status === 0 ? t("The app cannot be reached. Is the server running?") : problem.title;
  const item = h("div", { class: "result-item" });
  item.append(h("div", { class: "notice bad mb-0" }, icon("warning"), h("div", {}, h("strong", {}, title ?? ""), h("p", {}, problem.detail ?? ""))));
  if (problem.traceback) item.append(h("details", { class: "mt-2" }, h("summary", {}, t("Traceback")), h("pre", {}, problem.traceback)));
  return item;
}

function renderValue(value: unknown, type: string): HTMLElement {
  const address = fileAddress(value);
  if (address && ["img", "video", "audio", "file"].includes(type)) return renderFile(address, type);
  if (typeof value === "number") return h("div", { class: "value-number", title: String(value) }, short(value, language()));
  if (typeof value === "boolean") return h("div", { class: "value-text" }, value ? t("Yes") : t("No"));
  if (typeof value === "string") return h("div", { class: "value-text" }, value);
  if (value === null || value === undefined) return h("div", { class: "muted" }, "–");
  if (isShares(value)) return renderBars(value);
  if (isRows(value)) return renderTable(value);
  return h("div", { class: "scroll" }, h("pre", {}, JSON.stringify(value, null, 2)));
}

/** Files come back as addresses on this site, plain or in an object; nothing else is ever loaded. */
function fileAddress(value: unknown): string | null {
  const found = typeof value === "string" ? value : (value as { url?: unknown } | null)?.url;
  if (typeof found !== "string") return null;
  if (/^data:(image|audio|video)\/[\w.+-]+;base64,/.test(found)) return found;
  const address = new URL(found, location.href);
  return address.origin === location.origin ? address.href : null;
}

function renderFile(address: string, type: string): HTMLElement {
  if (type === "img") return h("img", { src: address, alt: t("Result") });
  if (type === "audio") return h("audio", { src: address, controls: true });
  if (type === "video") return h("video", { src: address, controls: true });
  return h("a", { class: "btn btn-plain btn-sm", href: address, download: true }, icon("download"), t("Download"));
}

function isShares(value: unknown): value is Record<string, number> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const numbers = Object.values(value);
  return numbers.length > 0 && numbers.every((one) => typeof one === "number" && one >= 0 && one <= 1.0001);
}

/** Numbers between 0 and 1 as bars, the largest first. */
function renderBars(shares: Record<string, number>): HTMLElement {
  const box = h("div", { class: "bars" });
  const sorted = Object.entries(shares).sort((a, b) => b[1] - a[1]);
  const percent = new Intl.NumberFormat(language(), { style: "percent", maximumFractionDigits: 1 });
  for (const [index, [name, share]] of sorted.slice(0, MOST_BARS).entries()) {
    const fill = h("i");
    fill.style.width = `${Math.min(100, share * 100)}%`;
    box.append(
      h("span", { class: index === 0 ? "top-name" : undefined }, name),
      h("span", { class: index === 0 ? "bar top" : "bar", "aria-hidden": "true" }, fill),
      h("span", { class: "num" }, percent.format(share)),
    );
  }
  return box;
}

function isRows(value: unknown): value is Record<string, unknown>[] {
  return Array.isArray(value) && value.length > 0 && value.every((row) => typeof row === "object" && row !== null && !Array.isArray(row));
}

function renderTable(rows: Record<string, unknown>[]): HTMLElement {
  const columns = [...new Set(rows.slice(0, MOST_ROWS).flatMap((row) => Object.keys(row)))];
  const text = (value: unknown): string => {
    if (typeof value === "number") return short(value, language());
    return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value ?? "");
  };
  const head = h("tr", {}, ...columns.map((name) => h("th", { scope: "col" }, name)));
  const body = rows
    .slice(0, MOST_ROWS)
    .map((row) => h("tr", {}, ...columns.map((name) => h("td", { class: typeof row[name] === "number" ? "num" : undefined }, text(row[name])))));
  const note = rows.length > MOST_ROWS ? h("p", { class: "hint" }, t("The first {shown} of {total} rows", { shown: MOST_ROWS, total: rows.length })) : null;
  return h("div", { class: "scroll", tabindex: "0" }, h("table", { class: "rows" }, h("thead", {}, head), h("tbody", {}, ...body)), note);
}
