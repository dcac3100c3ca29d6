import { post } from "../ui/post";
import type { Answer, AppData, Problem, Values } from "./types";

const BUILDING = "environment_building";
const WAIT_MS = 3000;

/** What a module's answer has besides. */
interface ModuleAnswer extends Answer {
  types: Record<string, string>;
  log: string;
}

/**
 * Calls a method of a module: JSON, files as data: URLs. While its environment is being built the call waits for it.
 *
 * Throws only when aborted.
 */
export async function callMethod(app: AppData, values: Values, signal: AbortSignal): Promise<{ ok: true; answer: ModuleAnswer } | { ok: false; problem: Problem }> {
  try {
    const body = { method: app.method, values: await encoded(values) };
    for (;;) {
      const response = await post(app.run, body, { signal });
      const data = (await response.json()) as ModuleAnswer & Problem;
      if (response.ok) return { ok: true, answer: data };
      if (data.code !== BUILDING) {
        const retryAfter = Number(response.headers.get("retry-after") ?? "");
        return { ok: false, problem: { ...data, status: response.status, ownWords: true, ...(retryAfter > 0 ? { retryAfter } : {}) } };
      }
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
      signal.throwIfAborted();
    }
  } catch (error) {
    if (signal.aborted) throw error;
    return { ok: false, problem: { status: 0 } };
  }
}

async function encoded(values: Values): Promise<Record<string, unknown>> {
  const entries = [...values].map(async ([name, value]) => [name, value instanceof File ? await dataUrl(value) : value] as const);
  return Object.fromEntries(await Promise.all(entries));
}

function dataUrl(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      resolve(String(reader.result));
    });
    reader.addEventListener("error", () => {
      reject(new Error(reader.error?.message ?? ""));
    });
    reader.readAsDataURL(file);
  });
}
