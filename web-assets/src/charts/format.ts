import { durationText } from "@openmo/shared/durations";
import { language, t } from "../ui/texts";
import type { Kind } from "./series";

/** A number as short as it can be read: four significant digits, exponents only where zeros would pile up. */
export function short(value: number | null | undefined, language = "en"): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) return value.toExponential(2);
  return new Intl.NumberFormat(language, { maximumSignificantDigits: size >= 1000 ? 7 : 4 }).format(value);
}

/** The time of day of a UNIX time, and the day where several are in view. */
export function clock(seconds: number, language = "en"): string {
  return new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(
    new Date(seconds * 1000),
  );
}

/** A place on the X axis. */
export function place(value: number, kind: Kind): string {
  if (kind === "time") return clock(value, language());
  if (kind !== "elapsed") return short(value, language());
  return value < 60 ? `${short(value, language())} s` : durationText(value);
}

/** What the X axis is called. */
export function kindName(kind: Kind): string {
  return { step: t("Step"), epoch: t("Epoch"), time: t("Time"), elapsed: t("Elapsed") }[kind];
}
