/** A POST to this site with the page's own token, without which the server changes nothing. */
export function post(address: string, body?: object, options: RequestInit = {}): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json", "X-CSRF-Token": csrfToken() };
  if (body === undefined || body instanceof FormData) return fetch(address, { ...options, method: "POST", headers, body: body ?? null });
  headers["Content-Type"] = "application/json";
  return fetch(address, { ...options, method: "POST", headers, body: JSON.stringify(body) });
}

export const csrfToken = (): string => document.querySelector<HTMLMetaElement>("meta[name=csrf-token]")?.content ?? "";
