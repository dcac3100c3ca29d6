import type { TranslationBundle } from "@jupyterlab/translation";
import { h } from "@openmo/shared/dom";
import type { ChangeView, CheckReportView, ProblemView } from "@openmo/shared/rest-api";

import { linkButton } from "../../buttons";
import { findingIcon } from "../wizard/codeView";
import { hint } from "../wizard/step";

interface IOptions {
  readonly trans: TranslationBundle;
  /** Opens the file at its line. */
  readonly show: (file: string, line: number | null) => void;
}

/** What the check found, each with the place to go to and what to do about it. */
export function reportNodes(report: CheckReportView, options: IOptions): HTMLElement[] {
  const { trans } = options;
  const done = trans.__("The check found nothing to mend.");
  return [
    h("p", { class: report.ok ? "openmo-Deploy-hint" : "openmo-Deploy-error", role: "status" }, report.ok ? done : trans.__("To be mended first")),
    ...problemNodes(report.problems, "error", options),
    ...problemNodes(report.warnings, "warning", options),
    ...(report.log.trim() === "" ? [] : [h("pre", { class: "openmo-Deploy-log openmo-Publish-printed", tabindex: "0", "aria-label": trans.__("What it printed") }, report.log)]),
  ];
}

export function problemNodes(found: readonly ProblemView[], severity: "error" | "warning", { show, trans }: IOptions): HTMLElement[] {
  const items = found.map(({ file, line, message, remedy }) => {
    const place = line === null ? file : trans.__("%1, line %2", file, line);
    const where = file === "" ? null : linkButton(place, () => { show(file, line); });
    return h("li", { class: `openmo-mod-${severity}` }, findingIcon(severity), h("span", {}, message, " ", remedy), where);
  });
  return items.length === 0 ? [] : [h("ul", { class: "openmo-Deploy-findings" }, ...items)];
}

/** What callers of the last version will notice, and which part of the number that demands to grow. */
export function changeNodes(bump: string | null, changes: readonly ChangeView[], trans: TranslationBundle): HTMLElement[] {
  const items = changes.map((change) => h("li", { class: `openmo-mod-${change.bump}` }, h("span", {}, `${bumpText(change.bump, trans)}: ${change.message}`)));
  if (items.length === 0) {
    return bump === null ? [] : [hint(trans.__("Callers of the last version will notice no change."))];
  }
  return [hint(trans.__("What callers of the last version will notice:")), h("ul", { class: "openmo-Deploy-findings" }, ...items)];
}

function bumpText(bump: string, trans: TranslationBundle): string {
  switch (bump) {
    case "major":
      return trans.__("breaks calls");
    case "minor":
      return trans.__("new");
    default:
      return trans.__("small");
  }
}
