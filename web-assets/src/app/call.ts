import type { Answer, AppData, Problem, Value } from "./types";

/** What a call came to. */
export type Outcome = { ok: true; answer: Answer } | { ok: false; problem: Problem };

/** Calls the app: JSON, or multipart as soon as a file is among the values. */
export async function call(app: AppData, values: Map<string, Value>, signal: AbortSignal): Promise<Outcome> {
  const headers: Record<string, string> = { Accept: "application/json" };
  const files = [...values.values()].some((value) => value instanceof File);
  if (!files) headers["Content-Type"] = "application/json";
  const body = files ? multipart(values) : JSON.stringify(Object.fromEntries(values));
  let answer: Response;
  try {
    if (app.token) headers["Authorization"] = `Bearer ${await callToken(app.token, signal)}`;
    answer = await fetch(app.run, { method: "POST", headers, body, signal });
  } catch (error) {
    if (signal.aborted) throw error;
    return { ok: false, problem: { title: "", status: 0 } };
  }
  const data = await readJson(answer);
  if (answer.ok && data && "output" in data) return { ok: true, answer: data as unknown as Answer };
  return { ok: false, problem: { status: answer.status, title: answer.statusText, ...(data as Problem | null) } };
}

/** The app's own door looks at no cookie; for apps that are not public the page first asks for a token of ten minutes. */
async function callToken(address: string, signal: AbortSignal): Promise<string> {
  const csrf = document.querySelector<HTMLMetaElement>("meta[name=csrf-token]")?.content ?? "";
  const answer = await fetch(address, { method: "POST", headers: { "X-CSRF-Token": csrf }, signal });
  return answer.ok ? ((await answer.json()) as { token: string }).token : "";
}

function multipart(values: Map<string, Value>): FormData {
  const form = new FormData();
  for (const [name, value] of values) {
    if (value instanceof File) form.append(name, value, value.name);
    else form.append(name, typeof value === "string" ? value : JSON.stringify(value));
  }
  return form;
}

async function readJson(answer: Response): Promise<Record<string, unknown> | null> {
  try {
    return (await answer.json()) as Record<string, unknown>;
  } catch {
    return null;
  }
}
