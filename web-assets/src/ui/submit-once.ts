/** A form that is on its way is not sent again: its buttons wait until the next page is there. */
export function installSubmitOnce(): void {
  // At the window, after all that listens in the page: a question that keeps the form here comes first.
  window.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !(form instanceof HTMLFormElement) || form.method !== "post") return;
    if (form.dataset.busy !== undefined) {
      event.preventDefault();
      return;
    }
    form.dataset.busy = "";
    form.setAttribute("aria-busy", "true");
  });
  whenNotSent(() => {
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-busy]")) {
      delete form.dataset.busy;
      form.removeAttribute("aria-busy");
    }
  });
}

/** Calls `then` when the reader is on this page still or again: by the history, or since the Escape key stopped the loading. */
export function whenNotSent(then: () => void): void {
  window.addEventListener("pageshow", then);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") then();
  });
}
