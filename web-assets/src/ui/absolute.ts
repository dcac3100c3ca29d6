/** Elements with `data-absolute` show that path as a whole address of this site, to be copied elsewhere. */
export function installAbsolute(): void {
  const show = (): void => {
    for (const element of document.querySelectorAll<HTMLElement>("[data-absolute]")) {
      element.textContent = location.origin + (element.dataset.absolute ?? "");
    }
  };
  show();
  document.addEventListener("htmx:after:settle", show);
}
