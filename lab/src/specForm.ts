/** A spec's parameters as the texts of a form, and back. The platform checks what comes of it. */
import type { ParameterData, Parameters } from "./app";

export const VALUE_TYPES = [
  "int", "float", "str", "bool", "datetime", "enum", "img", "video", "audio", "file", "dataframe", "[int]", "[float]", "[str]",
] as const;

const WITHOUT_DEFAULT = new Set(["img", "video", "audio", "file", "dataframe"]);
const WITH_RANGE = new Set(["int", "float", "str", "enum", "[int]", "[float]", "[str]"]);
const EDITED = new Set(["value_type", "description", "default_value", "value_range", "optional"]);
const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

/** What a person edits of one parameter. */
export interface ParameterTexts {
  readonly type: string;
  readonly range: string;
  readonly defaultValue: string;
  readonly description: string;
  readonly optional: boolean;
}

export function mayHaveDefault(type: string): boolean {
  return !WITHOUT_DEFAULT.has(type);
}

export function mayHaveRange(type: string): boolean {
  return WITH_RANGE.has(type);
}

export function textsOf(parameter: ParameterData): ParameterTexts {
  return {
    type: parameter.value_type,
    range: listText(parameter.value_range),
    defaultValue: listText(parameter.default_value),
    description: parameter.description,
    optional: parameter.optional === true,
  };
}

/** The parameter as edited: `base` gives the keys that the form does not show. */
export function parameterOf(texts: ParameterTexts, base: ParameterData): ParameterData {
  const rest = Object.fromEntries(Object.entries(base).filter(([key]) => !EDITED.has(key)));
  const range = mayHaveRange(texts.type) ? rangeOf(texts.range, texts.type) : undefined;
  const value = mayHaveDefault(texts.type) ? valueOf(texts.defaultValue, texts.type) : undefined;
  return {
    ...rest,
    value_type: texts.type,
    description: texts.description.trim(),
    ...(value === undefined ? {} : { default_value: value }),
    ...(range === undefined ? {} : { value_range: range }),
    ...(texts.optional ? { optional: true } : {}),
  };
}

/** The section with one parameter replaced, in the same order. */
export function withParameter(parameters: Parameters, name: string, parameter: ParameterData): Parameters {
  return Object.fromEntries(Object.entries(parameters).map(([key, old]) => [key, key === name ? parameter : old]));
}

/** A default as its type wants it; undefined for none. What does not fit stays text, for the platform to refuse. */
function valueOf(text: string, type: string): unknown {
  if (text === "" || (text.trim() === "" && type !== "str")) {
    return undefined;
  }
  if (type.startsWith("[")) {
    return words(text).map((word) => (type === "[str]" ? word : numberOr(word)));
  }
  switch (type) {
    case "int":
    case "float":
      return numberOr(text.trim());
    case "bool":
      return { true: true, false: false }[text.trim().toLowerCase()] ?? text.trim();
    case "enum":
      return numberOr(text.trim());
    default:
      return text;
  }
}

/** `0-10` and `>=3` stay text, `a, b, c` becomes a list; undefined for none. */
function rangeOf(text: string, type: string): string | unknown[] | undefined {
  const trimmed = text.trim();
  if (trimmed === "") {
    return undefined;
  }
  const isBound = /^[<>=≤≥]/.test(trimmed) || /^[-+.\d]+\s*[-~–—～]\s*[-+.\d]+$/.test(trimmed);
  if (type !== "enum" && isBound) {
    return trimmed;
  }
  return words(trimmed.replace(/^\[(.*)\]$/s, "$1")).map((word) => (type === "str" ? word : numberOr(word)));
}

function words(text: string): string[] {
  return text.split(/[,，、]/).map((word) => word.trim()).filter((word) => word !== "");
}

function numberOr(text: string): number | string {
  return NUMBER.test(text) && Number.isFinite(Number(text)) ? Number(text) : text;
}

function listText(value: unknown): string {
  if (Array.isArray(value)) {
    return value.map((each) => plainText(each)).join(", ");
  }
  return plainText(value);
}

function plainText(value: unknown): string {
  if (value === undefined || value === null) {
    return "";
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}
