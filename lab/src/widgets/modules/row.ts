import type { TranslationBundle } from "@jupyterlab/translation";
import { h } from "@openmo/shared/dom";

import { starIcon } from "../../icons";
import type { ModuleImports } from "../../modules/imports";
import type { ModuleItem } from "../../modules/values";
import { importButtons } from "./importBar";
import { kindText } from "./wording";

/** One module in the panel's list: a button that opens it; of an import, those that change it below. */
export function moduleRow(
  item: ModuleItem, trans: TranslationBundle, open: (item: ModuleItem) => void, imports: ModuleImports,
): HTMLLIElement {
  const name = h("span", { class: "openmo-ModuleRow-name" }, item.name);
  if (item.favourite) {
    const star = starIcon.element({ tag: "span", height: "12px", width: "12px" });
    star.classList.add("openmo-mod-favourite");
    name.append(star, h("span", { class: "openmo-hidden-text" }, trans.__("Favourite")));
  }
  const users = item.imports > 0 ? trans.__("imports: %1", item.imports) : "";
  const newer = item.newer ? trans.__("newer: %1", item.newer) : "";
  const facts = [item.owner, item.version || "dev", newer, kindText(item.kind, trans), users].filter((fact) => fact !== "");
  const button = h(
    "button", { type: "button", class: "openmo-ModuleRow", tabindex: "-1" },
    name,
    h("span", { class: "openmo-ModuleRow-title" }, item.title || item.description),
    h("span", { class: "openmo-ModuleRow-facts" }, facts.join(" · ")),
  );
  button.addEventListener("click", () => { open(item); });
  const identifier = `${item.owner}/${item.name}/${item.version}`;
  const actions = item.newer === undefined ? null : importButtons({ identifier, newer: item.newer }, imports, trans);
  return h("li", {}, button, actions);
}
