/** The form of a module's method: which control each parameter gets, and what of it is sent. Knows nothing of widgets. */
import type { ParameterData } from "@openmo/shared/rest-api";

export type Control = "number" | "text" | "list" | "choice" | "switch" | "date" | "path";

const PATHS = new Set(["img", "video", "audio", "file", "dataframe"]);
const BOUND = /^\s*(-?[\d.]+(?:e[-+]?\d+)?)\s*[-~–]\s*(-?[\d.]+(?:e[-+]?\d+)?)\s*$/i;

/** How a person gives the parameter's value. */
export function controlOf(parameter: ParameterData): Control {
  const type = parameter.value_type ?? "str";
  if (choicesOf(parameter).length > 0 && !type.startsWith("[")) {
    return "choice";
  }
  if (type === "int" || type === "float") {
    return "number";
  }
  if (type === "bool") {
    return "switch";
  }
  if (type === "datetime") {
    return "date";
  }
  return PATHS.has(type) ? "path" : type.startsWith("[") ? "list" : "text";
}

/** The values to choose from, as texts; empty: any. */
export function choicesOf(parameter: ParameterData): string[] {
  return Array.isArray(parameter.value_range) ? parameter.value_range.map(textOf) : [];
}

/** The range in words of the spec file: `0-10`, `a, b`; empty: any value. */
export function rangeOf(parameter: ParameterData): string {
  return Array.isArray(parameter.value_range) ? choicesOf(parameter).join(", ") : (parameter.value_range ?? "") as string;
}

/** The least and the greatest number, where the range says both. */
export function boundsOf(parameter: ParameterData): readonly [string, string] | null {
  const found = typeof parameter.value_range === "string" ? BOUND.exec(parameter.value_range) : null;
  return found === null ? null : [found[1] ?? "", found[2] ?? ""];
}

/** Whether a call must name it. */
export function isRequired(parameter: ParameterData): boolean {
  return parameter.optional !== true && parameter.default_value === undefined;
}

/** What the field holds before somebody types. */
export function initialText(parameter: ParameterData): string {
  const { default_value: value } = parameter;
  return Array.isArray(value) ? value.map(textOf).join(", ") : textOf(value);
}

/**
 * What is sent of the texts in a form: those that were changed. An emptied field means the default again, or nothing; the
 * platform reads texts by type and says which do not fit.
 */
export function valuesOf(parameters: readonly ParameterData[], texts: ReadonlyMap<string, string>): Record<string, string> {
  const changed = parameters.flatMap((parameter): [string, string][] => {
    const text = texts.get(parameter.name ?? "") ?? "";
    return text === "" || text === initialText(parameter) ? [] : [[parameter.name ?? "", text]];
  });
  return Object.fromEntries(changed);
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) {
    return "";
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}
