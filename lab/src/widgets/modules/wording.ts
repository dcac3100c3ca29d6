/** What the platform calls by a word, in the user's language. */
import type { TranslationBundle } from "@jupyterlab/translation";
import type { ParameterData } from "@openmo/shared/rest-api";

import { rangeOf } from "../../modules/form";
import type { Scope } from "../../modules/values";

export function scopeText(scope: Scope, trans: TranslationBundle): string {
  return {
    all: trans.__("All"),
    mine: trans.__("Mine"),
    favourites: trans.__("Favourites"),
    recent: trans.__("Recent"),
    imported: trans.__("Imported here"),
  }[scope];
}

export function categoryText(category: string, trans: TranslationBundle): string {
  const words: Readonly<Record<string, string>> = {
    image: trans.__("Image"),
    text: trans.__("Text"),
    audio: trans.__("Audio"),
    video: trans.__("Video"),
    tabular: trans.__("Tabular"),
    other: trans.__("Other"),
  };
  return words[category] ?? category;
}

export function kindText(kind: string, trans: TranslationBundle): string {
  return kind === "model" ? trans.__("Model") : trans.__("Toolkit");
}

export function methodText(method: string, trans: TranslationBundle): string {
  const words: Readonly<Record<string, string>> = {
    train: trans.__("Train"), predict: trans.__("Predict"), run: trans.__("Run"),
  };
  return words[method] ?? method;
}

/** What the button says that runs the method in the background. */
export function jobButtonText(method: string, trans: TranslationBundle): string {
  return method === "train" ? trans.__("Train as job") : trans.__("Run as job");
}

/** Type, range and whether it must be given, on one line. */
export function factsText(parameter: ParameterData, required: boolean, trans: TranslationBundle): string {
  const facts = [parameter.value_type ?? "str", rangeOf(parameter), required ? trans.__("required") : ""];
  return facts.filter((fact) => fact !== "").join(" · ");
}

/** Why a list is empty. */
export function emptyText(scope: Scope, isNarrowed: boolean, trans: TranslationBundle): string {
  if (isNarrowed) {
    return trans.__("No module matches. Try another word, or fewer filters.");
  }
  return {
    all: trans.__("There are no modules yet."),
    mine: trans.__("You have published no module yet."),
    favourites: trans.__("You have no favourites yet: the star of a module makes it one."),
    recent: trans.__("You have used no module yet."),
    imported: trans.__("This project imports no module yet. Insert code imports what it calls."),
  }[scope];
}
