import { platformError } from "@openmo/shared/problems";

type Parameters = Readonly<Record<string, string | number | boolean>>;

/** The JSON of a GET; rejects with a `PlatformError` for anything but success, and when `signal` is aborted. */
export async function getJson<T>(address: string, parameters: Parameters = {}, signal?: AbortSignal): Promise<T> {
  const query = new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)])).toString();
  const options: RequestInit = { headers: { Accept: "application/json" }, ...(signal ? { signal } : {}) };
  const response = await fetch(query ? `${address}?${query}` : address, options);
  if (!response.ok) throw platformError(response.status, response.statusText, await response.text());
  const body = (await response.json()) as T;
  signal?.throwIfAborted(); // a response that is here already may be outdated all the same
  return body;
}
