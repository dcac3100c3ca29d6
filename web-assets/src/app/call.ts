import type { CallToken } from "@openmo/shared/rest-api";
import { post } from "../ui/post";
import { readEvents } from "./events";
import type { Answer, AppData, Problem, Values } from "./types";

/** What a call came to. */
export type Outcome = { ok: true; answer: Answer } | { ok: false; problem: Problem };

interface View {
  status: "running" | "succeeded" | "failed" | "cancelled";
  output?: Record<string, unknown>;
  duration_ms?: number;
  release: string;
  error?: Problem;
}

const FIRST_WAIT_SECONDS = 2;
const NEXT_WAIT_SECONDS = 25;
/** Milliseconds for which a call that goes on is asked after although nothing answers, and the pause between two tries. */
const PATIENCE = 120_000;
const AGAIN = 2000;
const AWAY = [502, 503, 504];
/** Milliseconds for which requests share a token, which lives for ten minutes. */
const TOKEN_FOR = 60_000;

/**
 * Calls the app: JSON, or multipart as soon as a file is among the values.
 *
 * A generator's outputs reach `grown` as they come. What takes longer than two seconds goes on by itself on the server and
 * is asked after, so that no proxy's patience ends it; aborting `signal` ends it there too. Throws only when aborted.
 */
export async function call(
  app: AppData,
  values: Values,
  signal: AbortSignal,
  grown: (output: Record<string, unknown>) => void = () => undefined,
): Promise<Outcome> {
  try {
    const headers = await authorization(app);
    signal.throwIfAborted();
    const answer = app.streams ? await send(app, values, headers, signal) : await postPatiently(app, values, headers, signal);
    if (answer.headers.get("content-type")?.startsWith("text/event-stream")) return await follow(answer, grown);
    const location = answer.headers.get("location");
    if (answer.status === 202 && location) return await ask(app, location, headers, signal);
    return await outcome(answer);
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

/** The request itself is never broken off: only its answer says which call there is to cancel. */
async function postPatiently(app: AppData, values: Values, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
  const sent = send(app, values, { ...headers, Prefer: `respond-async, wait=${FIRST_WAIT_SECONDS}` }, null);
  const answered = new AbortController();
  const aborted = new Promise<never>((_resolve, reject) => {
    const stop = (): void => {
      reject(new DOMException("The call was cancelled.", "AbortError"));
      void sent.then((answer) => cancel(answer.headers.get("location"), headers), () => undefined);
    };
    signal.addEventListener("abort", stop, { signal: answered.signal });
  });
  return Promise.race([sent, aborted]).finally(() => answered.abort());
}

async function authorization(app: AppData): Promise<Record<string, string>> {
  return app.token ? { Authorization: `Bearer ${await callToken(app.token)}` } : {};
}

/** Asks until the call has ended, also across a line that was lost for a while: the server goes on with it meanwhile. */
async function ask(app: AppData, location: string, headers: Record<string, string>, signal: AbortSignal): Promise<Outcome> {
  try {
    let heard = Date.now();
    for (;;) {
      const answer = await look(app, location, signal);
      if (answer === null || AWAY.includes(answer.status)) {
        if (Date.now() - heard > PATIENCE) return answer ? await outcome(answer) : { ok: false, problem: { status: 0 } };
        await new Promise((resolve) => setTimeout(resolve, AGAIN));
        signal.throwIfAborted();
        continue;
      }
      heard = Date.now();
      if (!answer.ok) return await outcome(answer);
      const view = (await answer.json()) as View;
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
async function look(app: AppData, location: string, signal: AbortSignal): Promise<Response | null> {
  try {
    const headers = { ...(await authorization(app)), Prefer: `wait=${NEXT_WAIT_SECONDS}` };
    return await fetch(location, { headers, signal });
  } catch (error) {
    if (signal.aborted) throw error;
    return null;
  }
}

function cancel(location: string | null, headers: Record<string, string>): void {
  if (location) void fetch(location, { method: "DELETE", headers, keepalive: true }).catch(() => undefined);
}

async function follow(answer: Response, grown: (output: Record<string, unknown>) => void): Promise<Outcome> {
  let output: Record<string, unknown> = {};
  for await (const { name, data } of readEvents(answer)) {
    const told = JSON.parse(data) as unknown;
    if (name === "error") return { ok: false, problem: told as Problem };
    if (name === "done") return { ok: true, answer: { ...(told as Omit<Answer, "output">), output } };
    output = told as Record<string, unknown>;
    grown(output);
  }
  return { ok: false, problem: { status: 0 } };
}

async function outcome(answer: Response): Promise<Outcome> {
  const data = await readJson(answer);
  if (answer.ok && data && "output" in data) {
    const output = typeof data.output === "object" && data.output !== null ? data.output : {};
    return { ok: true, answer: { ...(data as unknown as Answer), output: output as Record<string, unknown> } };
  }
  const retryAfter = Number(answer.headers.get("retry-after") ?? "");
  const problem: Problem = { title: answer.statusText, ...(data as Problem | null), status: answer.status };
  return { ok: false, problem: retryAfter > 0 ? { ...problem, retryAfter } : problem };
}

let token: { text: Promise<string>; until: number } | null = null;

/** The app's own door looks at no cookie; for apps that are not public the page asks for a token of ten minutes, now and then. */
function callToken(address: string): Promise<string> {
  if (token && Date.now() < token.until) return token.text;
  const text = newToken(address);
  const mine = (token = { text, until: Date.now() + TOKEN_FOR });
  const forget = (): void => {
    if (token === mine) token = null;
  };
  text.then((got) => got || forget(), forget);
  return text;
}

async function newToken(address: string): Promise<string> {
  const answer = await post(address);
  return answer.ok ? ((await answer.json()) as CallToken).token : "";
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

async function readJson(answer: Response): Promise<Record<string, unknown> | null> {
  try {
    return (await answer.json()) as Record<string, unknown>;
  } catch {
    return null;
  }
}
