const RETRY_MS = 50;

/** The form of a new token waits for JupyterHub's script: sent by the browser alone, it would load the page anew, and empty. */
export function keepEarlyToken(isLoaded: () => boolean = hubIsLoaded): void {
  let waits = false;
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!(form instanceof HTMLFormElement) || form.id !== "request-token-form" || isLoaded()) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (waits) return;
      waits = true;
      form.setAttribute("aria-busy", "true");
      const send = (): void => {
        if (!isLoaded()) {
          window.setTimeout(send, RETRY_MS);
          return;
        }
        form.removeAttribute("aria-busy");
        form.requestSubmit();
      };
      send();
    },
    { capture: true },
  );
}

/** What JupyterHub's scripts set when they have done what they do at first. */
const hubIsLoaded = (): boolean => "_jupyterhub_page_loaded" in window;
