// Before the page is drawn, so that it never flashes in the other mode. The key is JupyterHub's, so that its pages follow.
const KEY = "jupyterhub-bs-theme";
const page = document.documentElement;
const dark = window.matchMedia("(prefers-color-scheme: dark)");

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // storage is forbidden: the system's choice holds
  }
}

function show(): void {
  const chosen = page.dataset.theme || stored(); // a frame has the theme of what is around it
  const mode = chosen === "light" || chosen === "dark" ? chosen : dark.matches ? "dark" : "light";
  page.setAttribute("data-bs-theme", mode);
  window.dispatchEvent(new CustomEvent("openmo-theme"));
}

show();
dark.addEventListener("change", show);
window.addEventListener("storage", show);
document.addEventListener("click", (event) => {
  if (!(event.target as Element).closest("[data-theme-toggle]")) return;
  const next = page.getAttribute("data-bs-theme") === "dark" ? "light" : "dark";
  try {
    localStorage.setItem(KEY, next);
  } catch {
    page.setAttribute("data-bs-theme", next);
  }
  show();
});
