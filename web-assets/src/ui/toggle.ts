/** A button that is on or off. */
export function toggle(button: HTMLElement, on: boolean, onChange: (on: boolean) => void): void {
  button.setAttribute("aria-pressed", String(on));
  button.addEventListener("click", () => {
    const now = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(now));
    onChange(now);
  });
}
