import { h } from "@openmo/shared/dom";
import { language, t } from "../ui/texts";

const MAX_BARS = 20;

/** Whether these are labels with their probabilities. */
export function isShares(value: unknown): value is Record<string, number> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const numbers = Object.values(value);
  return numbers.length > 0 && numbers.every((one) => typeof one === "number" && one >= 0 && one <= 1.0001);
}

/** Numbers between 0 and 1 as bars, the largest first. */
export function renderBars(shares: Record<string, number>): HTMLElement {
  const sorted = Object.entries(shares).sort((a, b) => b[1] - a[1]);
  const percent = new Intl.NumberFormat(language(), { style: "percent", maximumFractionDigits: 1 });
  const rows = sorted.slice(0, MAX_BARS).map(([name, share], index) => {
    const fill = h("i");
    fill.style.width = `${Math.min(100, share * 100)}%`;
    return h(
      "li",
      { class: index === 0 ? "top" : undefined },
      h("span", { class: "bar-name", title: name }, name),
      h("span", { class: "bar", "aria-hidden": "true" }, fill),
      h("span", { class: "num" }, percent.format(share)),
    );
  });
  const rest = sorted.length - rows.length;
  return h("div", {}, h("ol", { class: "bars" }, ...rows), rest > 0 ? h("p", { class: "hint" }, t("and {count} more", { count: rest })) : null);
}
