/** A form with `data-progress` shows that element, with the seconds that have passed, while it is on its way. */
export function installProgress(): void {
  let ticking = 0;
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !(form instanceof HTMLFormElement) || !form.dataset["progress"]) return;
    const box = document.querySelector<HTMLElement>(form.dataset["progress"]);
    if (!box) return;
    box.hidden = false;
    box.scrollIntoView({ block: "nearest" });
    const elapsed = box.querySelector("[data-elapsed]");
    const began = Date.now();
    clearInterval(ticking);
    ticking = window.setInterval(() => elapsed && (elapsed.textContent = `${Math.floor((Date.now() - began) / 1000)} s`), 1000);
  });
  // Coming back by the browser's history shows the page as it was left.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    clearInterval(ticking);
    for (const box of document.querySelectorAll<HTMLElement>("[data-elapsed]")) hide(box);
  });
}

function hide(elapsed: HTMLElement): void {
  const box = elapsed.closest<HTMLElement>("[role=status]");
  if (box) box.hidden = true;
}
