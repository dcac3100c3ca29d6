import { parseObject } from "@openmo/shared/problems";
import type { DetailedError } from "tus-js-client";
import { t } from "../ui/texts";

/** Why a file could not be sent, as the server says it. */
export function refusalOf(error: Error | DetailedError): string {
  const response = "originalResponse" in error ? error.originalResponse : null;
  if (!response) return t("The line broke. What came before is kept.");
  const { detail } = parseObject(response.getBody());
  return typeof detail === "string" && detail ? detail : t("The server answered {status}.", { status: response.getStatus() });
}
