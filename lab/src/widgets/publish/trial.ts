import type { TranslationBundle } from "@jupyterlab/translation";
import { h } from "@openmo/shared/dom";
import type { ReturnedFileView } from "@openmo/shared/rest-api";
import { sizeText } from "@openmo/shared/sizes";

import type { ModuleTrial } from "../../publishing/values";

/** What a call returned: pictures as such, files to save, everything else as text; and what it printed. */
export function trialNodes(trial: ModuleTrial, trans: TranslationBundle): HTMLElement[] {
  const files = new Map(trial.files.map((file) => [file.output, file]));
  const items = Object.entries(trial.output).flatMap(([name, value]) => {
    const file = files.get(name);
    const shown = file === undefined ? plain(value) : fileNode(trial.types[name] ?? "", String(value), file);
    return [h("dt", {}, h("code", {}, name)), h("dd", {}, shown)];
  });
  const took = trans.__("Returned after %1 s", (trial.duration_ms / 1000).toFixed(2));
  return [
    h("p", { class: "openmo-Deploy-hint", role: "status" }, took),
    h("dl", { class: "openmo-Publish-outputs" }, ...items),
    ...(trial.log.trim() === "" ? [] : [h("pre", { class: "openmo-Deploy-log openmo-Publish-printed", tabindex: "0", "aria-label": trans.__("What it printed") }, trial.log)]),
  ];
}

function fileNode(type: string, address: string, { name, bytes, url }: ReturnedFileView): HTMLElement {
  const isInline = address.startsWith("data:"); // else it is too large to travel so
  if (type === "img" && isInline) {
    return h("img", { src: address, alt: name });
  }
  const where = isInline ? { href: address, download: name } : { href: url, target: "_blank", rel: "noopener" };
  return h("a", where, `${name} (${sizeText(bytes)})`);
}

function plain(value: unknown): HTMLElement {
  return h("pre", { tabindex: "0" }, typeof value === "string" ? value : JSON.stringify(value, null, 1));
}
