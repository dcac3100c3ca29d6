import { whenVisible } from "./retry";

const AGAIN_MS = 3000;

/** A page that says that an environment is being built sends its form again until it is, and shows what comes of that. */
export function installBuilding(): void {
  const box = document.querySelector<HTMLElement>("[data-building]");
  const form = box?.dataset.building ? document.querySelector<HTMLFormElement>(box.dataset.building) : null;
  if (!box || !form) return;
  const began = Date.now();
  const elapsed = box.querySelector("[data-elapsed]");
  window.setInterval(() => elapsed && (elapsed.textContent = `${Math.floor((Date.now() - began) / 1000)} s`), 1000);
  const address = box.dataset.address ?? form.action;
  const later = (): void => void window.setTimeout(() => whenVisible(() => void ask()), AGAIN_MS);
  const ask = async (): Promise<void> => {
    if (form.dataset.busy !== undefined) return; // the reader has sent it
    const answer = await sent(form, address);
    if (!answer || answer.status === 503) later();
    else if (answer.redirected) location.assign(answer.url);
    else {
      form.action = address; // what it says of the form is on the page that it gives
      form.requestSubmit();
    }
  };
  later();
}

/** Nothing where the site cannot be reached. */
async function sent(form: HTMLFormElement, address: string): Promise<Response | undefined> {
  const entries = [...new FormData(form)].map(([name, value]): [string, string] => [name, typeof value === "string" ? value : ""]);
  try {
    return await fetch(address, { method: "POST", body: new URLSearchParams(entries), headers: { Accept: "text/html" } });
  } catch {
    return undefined;
  }
}
