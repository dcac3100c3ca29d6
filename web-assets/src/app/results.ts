import { h } from "@openmo/shared/dom";
import { short } from "../charts/format";
import { copyButton } from "../ui/copy";
import { icon } from "../ui/dom";
import { language, t } from "../ui/texts";
import { renderBars, isShares } from "./bars";
import { asTable, renderTable } from "./result-table";
import { renderTree } from "./tree";
import type { OutputSpec } from "./types";

const FILES = ["img", "video", "audio", "file"];
const MAX_VALUES = 500;

/** The outputs of a call, each by its type; a stream's next outputs change the page as little as they can. */
export class ResultView {
  readonly element = h("div");
  private readonly shown = new Map<string, { value: unknown; item: HTMLElement }>();

  private readonly outputs: OutputSpec[];

  constructor(outputs: OutputSpec[]) {
    this.outputs = [...outputs];
  }

  update(output: Record<string, unknown>): void {
    const names = Object.keys(output);
    if (names.length === 0) this.element.replaceChildren(h("div", { class: "result-empty" }, t("The app returned nothing.")));
    for (const name of names) this.show(name, output[name]);
  }

  /** What is known of outputs that no spec declares. */
  learn(types: Record<string, string>): void {
    for (const [name, type] of Object.entries(types)) {
      if (!this.outputs.some((one) => one.name === name)) this.outputs.push({ name, type, description: "" });
    }
  }

  private show(name: string, value: unknown): void {
    const before = this.shown.get(name);
    if (before && JSON.stringify(before.value) === JSON.stringify(value)) return;
    const text = before?.item.querySelector<HTMLElement>(".value-text");
    // Text that grows keeps its element, and so the reader's selection.
    if (before && text && typeof before.value === "string" && typeof value === "string") grow(text, value);
    else {
      const item = this.item(name, value);
      if (before) before.item.replaceWith(item);
      else this.element.append(item);
      this.shown.set(name, { value, item });
      return;
    }
    before.value = value;
  }

  private item(name: string, value: unknown): HTMLElement {
    const spec = this.outputs.find((one) => one.name === name);
    return h(
      "div",
      { class: "result-item", role: "group", "aria-label": name },
      h("div", { class: "label-line" }, h("strong", {}, name), h("span", {}, spec?.description ?? "")),
      renderValue(value, spec?.type ?? "", name),
    );
  }
}

function grow(element: HTMLElement, text: string): void {
  const node = element.firstChild;
  if (node instanceof Text && text.startsWith(node.data)) node.appendData(text.slice(node.data.length));
  else element.textContent = text;
}

/** The result in one line, for screen readers. */
export function announcement(output: Record<string, unknown>): string {
  const parts = Object.entries(output).map(([name, value]) => {
    if (typeof value === "string" && !fileAddress(value)) return `${name}: ${value.slice(0, 300)}`;
    if (typeof value === "number" || typeof value === "boolean") return `${name}: ${plain(value)}`;
    if (isShares(value)) return `${name}: ${Object.entries(value).sort((a, b) => b[1] - a[1])[0]?.[0] ?? ""}`;
    return name;
  });
  return parts.slice(0, 5).join("; ");
}

function plain(value: number | boolean): string {
  if (typeof value === "boolean") return value ? t("Yes") : t("No");
  const size = Math.abs(value);
  if (!Number.isFinite(value) || (size !== 0 && (size < 1e-4 || size >= 1e15))) return short(value, language());
  const digits = Math.max(6, Math.floor(Math.log10(size || 1)) + 4); // at least three places behind the point
  return new Intl.NumberFormat(language(), { maximumSignificantDigits: Math.min(15, digits) }).format(value);
}

function renderValue(value: unknown, type: string, name: string): HTMLElement {
  const address = FILES.includes(type) ? fileAddress(value) : null;
  if (address) return renderFile(address, type, name);
  if (value === null || value === undefined || value === "") return h("div", { class: "muted" }, t("Nothing"));
  if (typeof value === "number") return h("div", { class: "value-number", title: String(value) }, plain(value));
  if (typeof value === "boolean") return h("div", { class: "value-text" }, plain(value));
  if (typeof value === "string") return renderText(value);
  if (isShares(value)) return renderBars(value);
  const table = asTable(value);
  if (table) return renderTable(table, name);
  if (Array.isArray(value) && value.length && value.every(isScalar)) return renderValues(value);
  return h("div", { class: "scroll tree-box" }, renderTree(value), copyButton(() => JSON.stringify(value, null, 2)));
}

function renderText(text: string): HTMLElement {
  return h("div", { class: "with-copy" }, h("div", { class: "value-text", dir: "auto" }, text), copyButton((box) => box.querySelector(".value-text")?.textContent ?? ""));
}

const isScalar = (value: unknown): boolean => value === null || typeof value !== "object";

function renderValues(values: unknown[]): HTMLElement {
  const text = (value: unknown): string => (typeof value === "number" ? short(value, language()) : String(value ?? "–"));
  const shown = values.slice(0, MAX_VALUES).map((value) => h("li", {}, text(value)));
  const more = values.length > MAX_VALUES ? h("li", { class: "muted" }, t("and {count} more", { count: values.length - MAX_VALUES })) : null;
  return h("div", { class: "with-copy" }, h("ul", { class: "value-list num" }, ...shown, more), copyButton(() => JSON.stringify(values)));
}

/** Files come back as addresses on this site, plain or in an object; nothing else is ever loaded. */
export function fileAddress(value: unknown): string | null {
  const found = typeof value === "string" ? value : (value as { url?: unknown } | null)?.url;
  if (typeof found !== "string" || !/^(\/|https?:|data:)/i.test(found)) return null;
  if (/^data:(image|audio|video)\/[\w.+-]+;base64,/.test(found)) return found;
  try {
    const address = new URL(found, location.href);
    return address.origin === location.origin && address.protocol.startsWith("http") ? address.href : null;
  } catch {
    return null;
  }
}

function renderFile(address: string, type: string, name: string): HTMLElement {
  const save = h("a", { class: "btn btn-plain btn-sm", href: address, download: name }, icon("download"), t("Download"));
  if (type === "file") return save;
  const shown =
    type === "img"
      ? h("img", { src: address, alt: t("{name}, a picture", { name }) })
      : h(type === "audio" ? "audio" : "video", { src: address, controls: true, playsinline: true, "aria-label": name });
  shown.addEventListener("load", () => shown instanceof HTMLImageElement && shown.classList.toggle("tiny", shown.naturalWidth < 48));
  shown.addEventListener("error", () => shown.replaceWith(h("p", { class: "muted mb-1" }, t("This file cannot be shown here. Download it."))));
  return h("div", { class: "result-media" }, shown, save);
}
