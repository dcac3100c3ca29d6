import { h } from "@openmo/shared/dom";
import { t } from "../ui/texts";

const OPEN_LEVELS = 2;
const MAX_CHILDREN = 200;

/** Nested values as a tree whose branches open and close. */
export function renderTree(value: unknown, level = 0): HTMLElement {
  if (typeof value !== "object" || value === null) return leaf(value);
  const entries: [string, unknown][] = Array.isArray(value) ? value.map((one, index) => [String(index), one]) : Object.entries(value);
  if (entries.length === 0) return h("code", {}, Array.isArray(value) ? "[]" : "{}");
  const list = h("ul", { class: "tree" }, ...entries.slice(0, MAX_CHILDREN).map(([key, one]) => h("li", {}, branch(key, one, level))));
  if (entries.length > MAX_CHILDREN) list.append(h("li", { class: "muted" }, t("and {count} more", { count: entries.length - MAX_CHILDREN })));
  return list;
}

function branch(key: string, value: unknown, level: number): HTMLElement {
  const name = h("span", { class: "tree-key" }, key);
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0) return h("div", {}, name, renderTree(value));
  const count = Object.keys(value).length;
  const summary = h("summary", {}, name, h("span", { class: "muted" }, Array.isArray(value) ? `[${count}]` : `{${count}}`));
  const details = h("details", { open: level + 1 < OPEN_LEVELS && count <= 20 }, summary);
  const fill = (): void => {
    if (details.open && details.children.length === 1) details.append(renderTree(value, level + 1));
  };
  details.addEventListener("toggle", fill); // a deep value is built as far as it is opened
  fill();
  return details;
}

function leaf(value: unknown): HTMLElement {
  return h("code", { class: typeof value === "string" ? "tree-text" : "num" }, value === undefined ? "–" : JSON.stringify(value));
}
