import type { CallToken } from "@openmo/shared/rest-api";
import { post } from "../ui/post";
import { readEvents } from "./events";
import { callMethod } from "./module-call";
import type { Answer, AppData, Problem, Values } from "./types";

/** What a call came to. */
export type Outcome = { ok: true; answer: Answer } | { ok: false; problem: Problem };

/** The state of a call that goes on by itself, as the gateway answers it. */
interface CallView {
  status: "running" | "succeeded" | "failed" | "cancelled";
  output?: Record<string, unknown>;
  duration_ms?: number;
  release: string;
  error?: Problem;
}

const FIRST_WAIT_SECONDS = 2;
const POLL_WAIT_SECONDS = 25;
/** How long a call is polled while nothing answers, and the pause before each retry. */
const POLL_TIMEOUT_MS = 120_000;
const RETRY_MS = 2000;
const UNAVAILABLE = [502, 503, 504];
/** How long requests share a token, which lives for ten minutes. */
const TOKEN_REUSE_MS = 60_000;

/**
 * Calls the app: JSON, or multipart as soon as a file is among the values.
 *
 * A generator's outputs reach `onOutput` as they come. A call that takes longer than two seconds goes on by itself on the
 * server and is polled, so that no proxy's timeout ends it; aborting `signal` cancels it there too. Throws only when aborted.
 */
export async function call(
  app: AppData,
  values: Values,
  signal: AbortSignal,
  onOutput: (output: Record<string, unknown>) => void = () => undefined,
): Promise<Outcome> {
  if (app.method) return callMethod(app, values, signal);
  try {
    const headers = await callerHeaders(app);
    signal.throwIfAborted();
    const response = app.streams ? await send(app, values, headers, signal) : await sendCancellable(app, values, headers, signal);
    if (response.headers.get("content-type")?.startsWith("text/event-stream")) return await readStream(response, onOutput);
    const location = response.headers.get("location");
    if (response.status === 202 && location) return await poll(app, location, headers, signal);
    return await outcomeOf(response);
  } catch (error) {
    if (signal.aborted) throw error;
    return { ok: false, problem: { status: 0 } };
  }
}

function send(app: AppData, values: Values, headers: Record<string, string>, signal: AbortSignal | null): Promise<Response> {
  const files = [...values.values()].some((value) => value instanceof File);
  const body = files ? multipart(values) : JSON.stringify(Object.fromEntries(values));
  const type = { "Content-Type": typeof body === "string" ? "application/json" : body.type };
  const accept = { Accept: "text/event-stream, application/json" };
  return fetch(app.run, { method: "POST", headers: { ...accept, ...type, ...headers }, body, signal });
}

/** The request itself is never broken off: only its response says which call there is to cancel. */
async function sendCancellable(app: AppData, values: Values, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
  const sent = send(app, values, { ...headers, Prefer: `respond-async, wait=${FIRST_WAIT_SECONDS}` }, null);
  const answered = new AbortController();
  const aborted = new Promise<never>((_resolve, reject) => {
    const stop = (): void => {
      reject(new DOMException("The call was cancelled.", "AbortError"));
      void sent.then((response) => cancel(response.headers.get("location"), headers), () => undefined);
    };
    signal.addEventListener("abort", stop, { signal: answered.signal });
  });
  return Promise.race([sent, aborted]).finally(() => answered.abort());
}

/** Who calls, and in which language errors are to come: the page's own, whatever the browser prefers. */
async function callerHeaders(app: AppData): Promise<Record<string, string>> {
  const language = { "Accept-Language": document.documentElement.lang };
  return app.token ? { ...language, Authorization: `Bearer ${await callToken(app.token)}` } : language;
}

/** Polls until the call has ended, also across a lost connection: the server goes on with the call meanwhile. */
async function poll(app: AppData, location: string, headers: Record<string, string>, signal: AbortSignal): Promise<Outcome> {
  try {
    let lastAnswer = Date.now();
    for (;;) {
      const response = await pollOnce(app, location, signal);
      if (response === null || UNAVAILABLE.includes(response.status)) {
        if (Date.now() - lastAnswer > POLL_TIMEOUT_MS) return response ? await outcomeOf(response) : { ok: false, problem: { status: 0 } };
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        signal.throwIfAborted();
        continue;
      }
      lastAnswer = Date.now();
      if (!response.ok) return await outcomeOf(response);
      const view = (await response.json()) as CallView;
      if (view.status === "succeeded") {
        return { ok: true, answer: { output: view.output ?? {}, duration_ms: view.duration_ms ?? 0, release: view.release } };
      }
      if (view.status !== "running") return { ok: false, problem: view.error ?? {} };
    }
  } catch (error) {
    if (signal.aborted) cancel(location, headers);
    throw error;
  }
}

/** The state of a call; null when nothing answers. */
async function pollOnce(app: AppData, location: string, signal: AbortSignal): Promise<Response | null> {
  try {
    const headers = { ...(await callerHeaders(app)), Prefer: `wait=${POLL_WAIT_SECONDS}` };
    return await fetch(location, { headers, signal });
  } catch (error) {
    if (signal.aborted) throw error;
    return null;
  }
}

function cancel(location: string | null, headers: Record<string, string>): void {
  if (location) void fetch(location, { method: "DELETE", headers, keepalive: true }).catch(() => undefined);
}

async function readStream(response: Response, onOutput: (output: Record<string, unknown>) => void): Promise<Outcome> {
  let output: Record<string, unknown> = {};
  for await (const { name, data } of readEvents(response)) {
    const body = JSON.parse(data) as unknown;
    if (name === "error") return { ok: false, problem: body as Problem };
    if (name === "done") return { ok: true, answer: { ...(body as Omit<Answer, "output">), output } };
    output = body as Record<string, unknown>;
    onOutput(output);
  }
  return { ok: false, problem: { status: 0 } };
}

async function outcomeOf(response: Response): Promise<Outcome> {
  const data = await readJson(response);
  if (response.ok && data && "output" in data) {
    const output = typeof data.output === "object" && data.output !== null ? data.output : {};
    return { ok: true, answer: { ...(data as unknown as Answer), output: output as Record<string, unknown> } };
  }
  const retryAfter = Number(response.headers.get("retry-after") ?? "");
  const problem: Problem = { title: response.statusText, ...(data as Problem | null), status: response.status };
  return { ok: false, problem: retryAfter > 0 ? { ...problem, retryAfter } : problem };
}

let token: { text: Promise<string>; until: number } | null = null;

/** The gateway reads no cookies: for apps that are not public the page fetches a token of ten minutes, and renews it. */
function callToken(address: string): Promise<string> {
  if (token && Date.now() < token.until) return token.text;
  const text = fetchToken(address);
  const current = (token = { text, until: Date.now() + TOKEN_REUSE_MS });
  const forget = (): void => {
    if (token === current) token = null;
  };
  text.then((got) => got || forget(), forget);
  return text;
}

async function fetchToken(address: string): Promise<string> {
  const response = await post(address);
  return response.ok ? ((await response.json()) as CallToken).token : "";
}

/** A form's body as it is: FormData would turn each line break of a text into two characters. */
export function multipart(values: Values): Blob {
  const boundary = `openmo-${crypto.getRandomValues(new Uint32Array(4)).join("-")}`;
  const quoted = (text: string): string => `"${text.replaceAll('"', "%22").replaceAll("\r", "%0D").replaceAll("\n", "%0A")}"`;
  const parts: BlobPart[] = [];
  for (const [name, value] of values) {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name=${quoted(name)}`;
    if (value instanceof File) {
      const type = /^[\w.+-]+\/[\w.+-]+$/.test(value.type) ? value.type : "application/octet-stream";
      parts.push(`${head}; filename=${quoted(value.name)}\r\nContent-Type: ${type}\r\n\r\n`, value, "\r\n");
    } else parts.push(`${head}\r\n\r\n${typeof value === "string" ? value : JSON.stringify(value)}\r\n`);
  }
  return new Blob([...parts, `--${boundary}--\r\n`], { type: `multipart/form-data; boundary=${boundary}` });
}

async function readJson(response: Response): Promise<Record<string, unknown> | null> {
  try {
    return (await response.json()) as Record<string, unknown>;
  } catch {
    return null;
  }
}
