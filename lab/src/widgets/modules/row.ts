import type { TranslationBundle } from "@jupyterlab/translation";
import { h } from "@openmo/shared/dom";

import { starIcon } from "../../icons";
import type { ModuleItem } from "../../modules/values";
import { kindText } from "./wording";

/** One module in the panel's list: a button that opens it. */
export function moduleRow(item: ModuleItem, trans: TranslationBundle, open: (item: ModuleItem) => void): HTMLLIElement {
  const name = h("span", { class: "openmo-ModuleRow-name" }, item.name);
  if (item.favourite) {
    const star = starIcon.element({ tag: "span", height: "12px", width: "12px" });
    star.classList.add("openmo-mod-favourite");
    name.append(star, h("span", { class: "openmo-hidden-text" }, trans.__("Favourite")));
  }
  const imports = item.imports > 0 ? trans.__("imports: %1", item.imports) : "";
  const newer = item.newer ? trans.__("newer: %1", item.newer) : "";
  const facts = [item.owner, item.version || "dev", newer, kindText(item.kind, trans), imports].filter((fact) => fact !== "");
  const button = h(
    "button", { type: "button", class: "openmo-ModuleRow", tabindex: "-1" },
    name,
    h("span", { class: "openmo-ModuleRow-title" }, item.title || item.description),
    h("span", { class: "openmo-ModuleRow-facts" }, facts.join(" · ")),
  );
  button.addEventListener("click", () => { open(item); });
  return h("li", {}, button);
}
