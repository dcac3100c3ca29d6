/** What a reader does before the page's scripts are there: none of it is lost, and none of it is overwritten. */

const WAITS = "form[data-app-form], form[data-confirm]";
/** Forms that the browser alone would send wrongly: without the call, or without the question before it. */

interface Edit {
  readonly control: Element;
  readonly type: string;
}

/**
 * Notes what is edited and sent from now on, and says it again when the page's scripts are there.
 *
 * Runs before the body is read, so that nothing comes earlier. What was edited is marked: scripts leave it as it is.
 */
export function keepEarly(): void {
  let edits: Edit[] = [];
  const sent = new Map<HTMLFormElement, HTMLElement | null>();
  const early = new AbortController();
  const options = { capture: true, signal: early.signal };
  for (const type of ["input", "change"]) {
    document.addEventListener(
      type,
      ({ target }) => {
        if (!(target instanceof HTMLElement)) return;
        target.dataset.edited = "";
        edits = [...edits.filter((one) => one.control !== target || one.type !== type), { control: target, type }];
      },
      options,
    );
  }
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!(form instanceof HTMLFormElement) || !form.matches(WAITS)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      sent.set(form, event.submitter);
      form.setAttribute("aria-busy", "true");
    },
    options,
  );
  document.addEventListener(
    "reset",
    ({ target }) => {
      edits = edits.filter((one) => !(target as Element).contains(one.control));
    },
    options,
  );
  const end = (): void => {
    early.abort();
    sayAgain(edits, sent);
  };
  // All scripts have run by then; the timer's turn comes after the one with which htmx begins.
  document.addEventListener("DOMContentLoaded", () => setTimeout(end), { once: true });
  document.addEventListener("reset", ({ target }) => {
    for (const control of (target as HTMLFormElement).elements) control.removeAttribute("data-edited");
  });
}

function sayAgain(edits: readonly Edit[], sent: ReadonlyMap<HTMLFormElement, HTMLElement | null>): void {
  for (const { control, type } of edits) {
    if (control.isConnected && !leads(control)) control.dispatchEvent(new Event(type, { bubbles: true }));
  }
  for (const [form, button] of sent) {
    form.removeAttribute("aria-busy");
    if (!form.isConnected) continue;
    if (button?.isConnected) form.requestSubmit(button);
    else form.requestSubmit();
  }
}

/** Whether the reader changed the control: before the scripts came, or before a reload after which the browser put it back. */
export function isEdited(control: Element): boolean {
  if (control.hasAttribute("data-edited")) return true;
  if (control instanceof HTMLSelectElement) {
    const first = [...control.options].findIndex((one) => one.defaultSelected);
    return control.selectedIndex !== Math.max(0, first);
  }
  if (control instanceof HTMLTextAreaElement) return control.value !== control.defaultValue;
  if (!(control instanceof HTMLInputElement)) return false;
  return ["checkbox", "radio"].includes(control.type) ? control.checked !== control.defaultChecked : control.value !== control.defaultValue;
}

/** A slider has set its number already, which may have been typed more exactly since. */
const leads = (control: Element): boolean => control.matches("[data-range-pair] input[type=range]");
