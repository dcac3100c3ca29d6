import type { TranslationBundle } from "@jupyterlab/translation";
import { h } from "@openmo/shared/dom";
import type { Category } from "@openmo/shared/rest-api";

import type { ModulePlan, VersionChoice } from "../../publishing/values";
import { hint } from "../wizard/step";

interface IOptions {
  readonly plan: ModulePlan;
  readonly choice: VersionChoice;
  readonly trans: TranslationBundle;
  readonly onEdit: (choice: VersionChoice) => void;
}

/** Who a version is for, its number, and what people read of the module. */
export function versionForm({ plan, choice, trans, onEdit }: IOptions): HTMLElement {
  const release = h("input", { type: "radio", name: "openmo-publish-channel", checked: !choice.dev });
  const dev = h("input", { type: "radio", name: "openmo-publish-channel", checked: choice.dev });
  const version = field(choice.version ?? plan.version);
  const last = plan.last === "" ? null : hint(trans.__("The last one is %1. Versions only grow, and never change.", plan.last));
  const versionRow = h("div", { class: "openmo-Deploy-form", hidden: choice.dev }, row(trans.__("Version"), version), last);
  const title = field(choice.title);
  const description = area(choice.description);
  const category = h("select", { class: "jp-mod-styled" });
  category.append(...categories(trans).map(([value, label]) => h("option", { value, selected: value === choice.category }, label)));
  const tags = field(choice.tags, trans.__("up to ten words with commas between them"));
  const isPublic = choice.visibility === "public";
  const everybody = h("input", { type: "radio", name: "openmo-publish-visibility", checked: isPublic });
  const onlyYou = h("input", { type: "radio", name: "openmo-publish-visibility", checked: !isPublic });
  const notes = area(choice.notes);
  const form = h(
    "div", { class: "openmo-Deploy-form" },
    group(trans.__("For whom"), [release, trans.__("Release: everybody who may see the module")], [dev, trans.__("dev: you alone; each one replaces the last")]),
    versionRow,
    row(trans.__("Title"), title),
    row(trans.__("Description (optional)"), description),
    row(trans.__("Category"), category),
    row(trans.__("Tags (optional)"), tags),
    plan.stays_public
      ? hint(trans.__("Everybody may see it: a public module stays public, since others may have imported it."))
      : group(trans.__("Who can see it?"), [onlyYou, trans.__("Only you")], [everybody, trans.__("Everybody, with all its versions and for good")]),
    row(trans.__("Notes (optional)"), notes),
  );
  form.addEventListener("input", () => {
    versionRow.hidden = dev.checked;
    const typed = version.value.trim();
    onEdit({
      dev: dev.checked,
      version: typed === plan.version || typed === "" ? null : typed,
      notes: notes.value,
      title: title.value,
      description: description.value,
      category: category.value as Category,
      tags: tags.value,
      visibility: plan.stays_public || everybody.checked ? "public" : "private",
    });
  });
  return form;
}

function categories(trans: TranslationBundle): readonly (readonly [Category, string])[] {
  return [
    ["image", trans.__("Image")],
    ["text", trans.__("Text")],
    ["audio", trans.__("Audio")],
    ["video", trans.__("Video")],
    ["tabular", trans.__("Tables")],
    ["other", trans.__("Other")],
  ];
}

function field(value: string, placeholder = ""): HTMLInputElement {
  return h("input", { type: "text", class: "jp-mod-styled", value, placeholder, spellcheck: "false", autocomplete: "off" });
}

function area(value: string): HTMLTextAreaElement {
  return h("textarea", { class: "jp-mod-styled", rows: "2" }, value);
}

function row(label: string, control: HTMLElement): HTMLLabelElement {
  return h("label", {}, label, control);
}

function group(legend: string, ...choices: (readonly [HTMLInputElement, string])[]): HTMLFieldSetElement {
  const labels = choices.map(([input, text]) => h("label", {}, input, text));
  return h("fieldset", { class: "openmo-Deploy-choice" }, h("legend", {}, legend), ...labels);
}
