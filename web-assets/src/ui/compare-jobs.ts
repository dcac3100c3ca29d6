/** The jobs that are ticked in the list, and the button that shows them beside each other. */
export function installCompareJobs(): void {
  const ticked = (): string[] =>
    [...document.querySelectorAll<HTMLInputElement>("#jobs input[name=number]:checked")].map((box) => box.value);
  const show = (): void => {
    for (const button of document.querySelectorAll<HTMLButtonElement>("[data-compare-jobs]")) button.disabled = ticked().length < 2;
  };
  document.addEventListener("change", show);
  document.addEventListener("htmx:after:settle", show); // the list was refreshed; what was ticked still is
  window.addEventListener("pageshow", show);
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-compare-jobs]") : null;
    if (button) location.href = `${button.dataset.compareJobs ?? ""}?n=${ticked().join(",")}`;
  });
}
