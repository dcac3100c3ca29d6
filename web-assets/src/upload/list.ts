import { h } from "@openmo/shared/dom";
import { icon } from "../ui/dom";
import { sizeText } from "../ui/sizes";
import { t } from "../ui/texts";
import type { Item, Queue } from "./queue";

const SHOWN = 100;
const ORDER = { failed: 0, sending: 1, waiting: 2, whole: 3 };
const DRAWINGS = { failed: "failed", sending: "running", waiting: "pending", whole: "succeeded" };

/** Draws the files that want attention first: those that failed, then those on their way; of many, the first hundred. */
export function drawFiles(list: HTMLElement, queue: Queue): void {
  const items = [...queue.items.values()].sort((one, other) => ORDER[one.state] - ORDER[other.state]);
  const rows = items.slice(0, SHOWN).map((item) => row(item, queue));
  const more = items.length - rows.length;
  if (more > 0) rows.push(h("li", { class: "upload-file muted" }, t("and {count} more", { count: more })));
  list.replaceChildren(...rows);
}

function row(item: Item, queue: Queue): HTMLLIElement {
  const { file, path } = item.local;
  const element = h("li", { class: `upload-file ${item.state}`, "data-path": path });
  const names = { failed: t("Failed"), sending: t("On its way"), waiting: t("Waiting"), whole: t("Here") };
  const mark = h("span", { class: `state ${DRAWINGS[item.state]}`, title: names[item.state] });
  mark.append(icon(DRAWINGS[item.state]), h("span", { class: "visually-hidden" }, names[item.state]));
  const size = item.state === "sending" && file.size > 0 ? `${Math.floor((100 * item.sent) / file.size)} % · ` : "";
  element.append(mark, h("span", { class: "mono upload-path" }, path), h("span", { class: "num muted" }, `${size}${sizeText(file.size)}`));
  const buttons = h("span", { class: "upload-buttons" });
  if (item.state === "failed") buttons.append(button(t("Try again"), t("Try again: {path}", { path }), () => queue.retry(item)));
  buttons.append(button("", t("Take out: {path}", { path }), () => void queue.remove(item)));
  element.append(buttons);
  if (item.problem) element.append(h("span", { class: "upload-problem", role: "alert" }, item.problem));
  return element;
}

function button(text: string, label: string, act: () => void): HTMLButtonElement {
  const made = h("button", { type: "button", class: "btn btn-quiet btn-sm", "aria-label": label, title: label }, text);
  if (!text) made.append(icon("close"));
  made.addEventListener("click", act);
  return made;
}
