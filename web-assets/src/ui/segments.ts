/** A row of buttons of which one is selected; arrow keys move, as in a radio group. */
export function segments(group: HTMLElement, onSelect: (value: string) => void): void {
  const buttons = [...group.querySelectorAll<HTMLButtonElement>("button")];
  const state = group.getAttribute("role") === "tablist" ? "aria-selected" : "aria-pressed";
  const select = (button: HTMLButtonElement): void => {
    for (const one of buttons) {
      one.setAttribute(state, String(one === button));
      if (state === "aria-selected") one.tabIndex = one === button ? 0 : -1;
    }
    onSelect(button.value);
  };
  for (const button of buttons) button.addEventListener("click", () => select(button));
  group.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const next = step && at >= 0 ? buttons[(at + step + buttons.length) % buttons.length] : undefined;
    if (!next) return;
    next.focus();
    select(next);
  });
}
