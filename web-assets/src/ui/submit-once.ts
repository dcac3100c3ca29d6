/** A form that is on its way is not sent again: its buttons wait until the next page is there. */
export function installSubmitOnce(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !(form instanceof HTMLFormElement) || form.method !== "post") return;
    if (form.dataset["busy"] !== undefined) {
      event.preventDefault();
      return;
    }
    form.dataset["busy"] = "";
    form.setAttribute("aria-busy", "true");
  });
  // Coming back by the browser's history shows the page as it was left.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-busy]")) {
      delete form.dataset["busy"];
      form.removeAttribute("aria-busy");
    }
  });
}
