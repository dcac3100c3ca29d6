import { messageOf } from "@openmo/shared/problems";
import { t } from "../ui/texts";
import type { InputSpec } from "./types";

/** What is wrong with text as one of an input's numbers; throws an Error that says it, else the number. */
export function readNumber(text: string, spec: InputSpec): number {
  const number = Number(text.replace("，", ",").replace(/^(-?\d+),(\d+)$/, "$1.$2"));
  if (text.trim() === "" || !Number.isFinite(number)) throw new Error(t("This must be a number."));
  if (spec.type.includes("int") && !Number.isInteger(number)) throw new Error(t("This must be a whole number."));
  const { low, high } = spec;
  const inside = (low === null || (spec.lowExcluded ? number > low : number >= low)) && (high === null || (spec.highExcluded ? number < high : number <= high));
  if (!inside) throw new Error(rangeText(spec));
  return number;
}

function rangeText({ low, high, lowExcluded, highExcluded }: InputSpec): string {
  if (low !== null && high !== null) return t("This must be from {low} to {high}.", { low, high });
  if (low !== null) return lowExcluded ? t("This must be more than {low}.", { low }) : t("This must be at least {low}.", { low });
  return highExcluded ? t("This must be less than {high}.", { high: high ?? "" }) : t("This must be at most {high}.", { high: high ?? "" });
}

/** The values of a list as they are typed: texts a line each, numbers also with commas or spaces between them. */
export function readList(text: string, spec: InputSpec): unknown[] {
  if (spec.type === "[str]") return text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const parts = text.split(/[\s,，;]+/).filter((part) => part !== "");
  return parts.map((part, at) => {
    try {
      return readNumber(part, spec);
    } catch (error) {
      throw new Error(t("Value {number}: {problem}", { number: at + 1, problem: messageOf(error) }), { cause: error });
    }
  });
}

/** A list as it is typed. */
export const writeList = (values: unknown[], spec: InputSpec): string => values.map(String).join(spec.type === "[str]" ? "\n" : ", ");
