const KEY = "openmo-form:";

/** A form with `data-keep` holds what was typed when one comes back to its page by the browser's *Back*. */
export function installKeepForm(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-keep]");
  if (!form) return;
  const key = KEY + location.pathname;
  form.addEventListener("submit", () => {
    write(key, JSON.stringify([...new FormData(form)].filter(([name]) => name !== "csrf_token")));
  });
  const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  if (navigation?.type !== "back_forward") return;
  for (const [name, value] of JSON.parse(read(key) ?? "[]") as [string, string][]) {
    const field = form.elements.namedItem(name);
    if (field instanceof RadioNodeList || field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) {
      field.value = value;
    }
  }
}

function read(key: string): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null; // storage is forbidden: the form is empty
  }
}

function write(key: string, value: string): void {
  try {
    sessionStorage.setItem(key, value);
  } catch {
    // as above
  }
}
