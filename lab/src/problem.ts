/** Errors of the platform, which answers with RFC 9457 problem documents. */

const OF_THE_PLATFORM = "urn:openmo:error:";

/** What went wrong in one call: `message` is a sentence to show, `code` is what programs compare. */
export class PlatformError extends Error {
  readonly status: number;
  readonly code: string;
  /** What else the problem document says, such as the `log` of a release that does not work. */
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(status: number, code: string, message: string, fields: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = "PlatformError";
    this.status = status;
    this.code = code;
    this.fields = fields;
  }
}

/** The typed error for an unsuccessful answer, whatever its body is: a problem document, Jupyter's own form, or a proxy's page. */
export function problemFrom(status: number, statusText: string, body: string): PlatformError {
  const fields = parseObject(body);
  const title = text(fields.title) || text(fields.message) || statusText || `HTTP ${String(status)}`;
  const detail = text(fields.detail);
  // The platform's details are whole sentences in the reader's language; its titles are the English names of kinds.
  const message = detail && text(fields.type).startsWith(OF_THE_PLATFORM) ? detail : detail ? `${title}: ${detail}` : title;
  return new PlatformError(status, text(fields.code), message, fields);
}

/** The sentence to show for anything that was thrown. */
export function messageOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}

function parseObject(body: string): Record<string, unknown> {
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
