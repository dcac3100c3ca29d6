/** Durations that grow: elements with `data-since` show the time from that moment to now, each second. */
export function installDurations(): void {
  const tick = (): void => {
    for (const element of document.querySelectorAll<HTMLElement>("[data-since]")) {
      const since = Date.parse(element.dataset["since"] ?? "");
      if (!Number.isNaN(since)) element.textContent = duration((Date.now() - since) / 1000);
    }
  };
  tick();
  document.addEventListener("htmx:after:settle", tick);
  setInterval(tick, 1000);
}

/** As the server writes it. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (number: number): string => String(number).padStart(2, "0");
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}
