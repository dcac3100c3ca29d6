import { need } from "../ui/dom";
import { t } from "../ui/texts";
import type { Form } from "./form";

const PARAMETER = "inputs";
const MAX_LENGTH = 6000; // characters; servers and chat programs cut longer addresses

/** The inputs that the page's own address holds; none for what is no JSON object. */
export function sharedInputs(query: string): Record<string, unknown> {
  try {
    const found = JSON.parse(new URLSearchParams(query).get(PARAMETER) ?? "{}") as unknown;
    return typeof found === "object" && found !== null && !Array.isArray(found) ? (found as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** An address that opens the page with these inputs, and what it leaves out. */
export function shareLink(page: string, form: Form): { address: string; note: string } {
  const plain: Record<string, unknown> = {};
  let note = "";
  for (const [name, value] of form.values()) {
    if (value instanceof File) note = t("Files are not part of the link.");
    else plain[name] = value;
  }
  const bare = page.replace(/[?#].*$/s, "");
  const address = Object.keys(plain).length ? `${bare}?${new URLSearchParams({ [PARAMETER]: JSON.stringify(plain) }).toString()}` : bare;
  if (address.length <= MAX_LENGTH) return { address, note };
  return { address: bare, note: t("These inputs are too long for a link: it opens the empty form.") };
}

/** The boxes with the link and the frame, of which the link follows the form. */
export function installSharing(root: HTMLElement, form: Form): () => void {
  const page = new URL(root.dataset.sharePath ?? "", location.href).href;
  const box = need<HTMLInputElement>(root, "[data-share-link]");
  const hint = need<HTMLElement>(root, "[data-share-note]");
  const frame = root.querySelector<HTMLTextAreaElement>("[data-embed-code]");
  for (const one of [box, frame]) one?.addEventListener("focus", () => one.select());
  if (frame) frame.value = frameCode(page, frame.dataset.title ?? "");
  return () => {
    const { address, note } = shareLink(page, form);
    box.value = address;
    hint.textContent = note;
  };
}

/** The HTML that shows the app in another page. */
export function frameCode(page: string, title: string): string {
  const escaped = title.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  return `<iframe src="${page}?embed=1" title="${escaped}" width="100%" height="640" style="border: 0" allow="camera; microphone; clipboard-write"></iframe>`;
}
