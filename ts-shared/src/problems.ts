/** Errors of the platform, which answers with RFC 9457 problem documents. */
import type { ProblemDocument } from "./rest-api";

const PLATFORM_TYPE = "urn:openmo:error:";

/** What went wrong in one request: `message` is a sentence to show, `code` is what programs compare. */
export class PlatformError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** What else the problem document says, such as the `log` of a release that does not work. */
    readonly fields: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = "PlatformError";
  }
}

/** The error for an unsuccessful response, whatever its body is: a problem document, Jupyter's own form, or a proxy's page. */
export function platformError(status: number, statusText: string, body: string): PlatformError {
  const fields: Partial<Record<keyof ProblemDocument | "message", unknown>> = parseObject(body);
  const title = text(fields.title) || text(fields.message) || statusText || `HTTP ${status}`;
  const detail = text(fields.detail);
  // The platform's details are whole sentences in the reader's language; its titles are the English names of kinds.
  const isPlatforms = text(fields.type).startsWith(PLATFORM_TYPE);
  const message = detail && isPlatforms ? detail : detail ? `${title}: ${detail}` : title;
  return new PlatformError(status, text(fields.code), message, fields);
}

/** The sentence to show for anything that was thrown. */
export function messageOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}

/** The JSON object in a text; empty for anything else. */
export function parseObject(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value.trim() : "";
}
