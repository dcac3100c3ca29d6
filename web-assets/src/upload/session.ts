import { platformError } from "@openmo/shared/problems";
import type { FinishDraft, SentFileList, SentFileView, UploadList, UploadView } from "@openmo/shared/rest-api";
import { getJson } from "../ui/get-json";
import { csrfToken, post } from "../ui/post";

const API = "/api/v1/uploads";

/** The session that the reader has begun for that dataset (empty: for a new one), if there is one. */
export async function unfinished(dataset: string): Promise<UploadView | null> {
  const { items } = await getJson<UploadList>(API);
  return items.find((each) => (dataset ? each.new === null && each.dataset === dataset : each.new !== null)) ?? null;
}

export const opened = (dataset: string): Promise<UploadView> => sent<UploadView>(API, dataset ? { dataset } : { new: {} });

export const removed = (session: string, patterns: string[]): Promise<unknown> => sent(`${API}/${session}/remove`, { patterns });

export const finished = (session: string, draft: FinishDraft): Promise<UploadView> => sent<UploadView>(`${API}/${session}/finish`, draft);

export const shown = (session: string): Promise<UploadView> => getJson<UploadView>(`${API}/${session}`);

export async function discarded(session: string): Promise<void> {
  const response = await fetch(`${API}/${session}`, { method: "DELETE", headers: { Accept: "application/json", "X-CSRF-Token": csrfToken() } });
  if (!response.ok && response.status !== 404) throw platformError(response.status, response.statusText, await response.text());
}

/** What the server has of the session, by path. */
export async function sentFiles(session: string): Promise<Map<string, SentFileView>> {
  const found = new Map<string, SentFileView>();
  for (let after = 0; ; ) {
    const page = await getJson<SentFileList>(`${API}/${session}/files`, { after });
    for (const file of page.items) found.set(file.path, file);
    if (page.next === null) return found;
    after = page.next;
  }
}

async function sent<T>(address: string, body: object): Promise<T> {
  const response = await post(address, body);
  if (!response.ok) throw platformError(response.status, response.statusText, await response.text());
  return (await response.json()) as T;
}
