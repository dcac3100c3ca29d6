import type { TranslationBundle } from "@jupyterlab/translation";
import { h } from "@openmo/shared/dom";

import { button } from "../../buttons";
import type { ModuleImports } from "../../modules/imports";

/** An import as lists show it. */
export interface Imported {
  /** `owner/name/version`. */
  readonly identifier: string;
  /** The newest release, where it is newer; else empty. */
  readonly newer: string;
  /** Why this version was yanked; null: it was not. */
  readonly yankedReason: string | null;
}

/** The buttons that update an import and take it out. */
export function importButtons(imported: Pick<Imported, "identifier" | "newer">, imports: ModuleImports, trans: TranslationBundle): HTMLElement {
  const { identifier, newer } = imported;
  const version = identifier.split("/").at(-1) ?? "";
  const once = (node: HTMLButtonElement, act: () => Promise<void>): HTMLButtonElement => {
    node.addEventListener("click", () => {
      node.disabled = true;
      void act().finally(() => { node.disabled = false; });
    });
    return node;
  };
  const remove = once(button(trans.__("Remove"), () => undefined), () => imports.remove(identifier));
  remove.setAttribute("aria-label", trans.__("Remove %1 from this project", identifier));
  const parts = [remove];
  if (newer !== "") {
    const update = once(button(trans.__("Update to %1", newer), () => undefined), () => imports.update(identifier));
    update.setAttribute("aria-label", trans.__("Update %1 to %2", identifier, newer));
    parts.unshift(update);
  }
  return h("span", { class: "openmo-Imported-actions", "data-version": version }, ...parts);
}

/** A line for each version of a module that the project imports. */
export function importLines(found: readonly Imported[], imports: ModuleImports, trans: TranslationBundle): HTMLElement[] {
  return found.map((each) => h(
    "div", { class: "openmo-Imported" },
    h(
      "span", {},
      trans.__("Imported here: %1", each.identifier.split("/").at(-1) ?? ""),
      ...(each.newer === "" ? [] : [" ", h("span", { class: "openmo-Imported-newer" }, trans.__("newer: %1", each.newer))]),
    ),
    importButtons(each, imports, trans),
    ...(each.yankedReason === null
      ? []
      : [h("p", { class: "openmo-Module-error" }, trans.__("This version was yanked: %1", each.yankedReason))]),
  ));
}
