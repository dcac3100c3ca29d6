import { whenNotSent } from "./submit-once";

/** A form with `data-progress` shows that element, with the seconds that have passed, while it is on its way. */
export function installProgress(): void {
  let ticking = 0;
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !(form instanceof HTMLFormElement) || !form.dataset.progress) return;
    const box = document.querySelector<HTMLElement>(form.dataset.progress);
    if (!box) return;
    box.hidden = false;
    box.scrollIntoView({ block: "nearest" });
    const elapsed = box.querySelector("[data-elapsed]");
    const began = Date.now();
    clearInterval(ticking);
    ticking = window.setInterval(() => elapsed && (elapsed.textContent = `${Math.floor((Date.now() - began) / 1000)} s`), 1000);
  });
  whenNotSent(() => {
    if (!ticking) return;
    clearInterval(ticking);
    ticking = 0;
    for (const box of document.querySelectorAll<HTMLElement>("[data-elapsed]")) hide(box);
  });
}

function hide(elapsed: HTMLElement): void {
  const box = elapsed.closest<HTMLElement>("[role=status]");
  if (box) box.hidden = true;
}
