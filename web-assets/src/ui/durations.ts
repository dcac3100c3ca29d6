import { durationText } from "@openmo/shared/durations";

/** Durations that grow: elements with `data-since` show the time from that moment to now, each second. */
export function installDurations(): void {
  const tick = (): void => {
    for (const element of document.querySelectorAll<HTMLElement>("[data-since]")) {
      const since = Date.parse(element.dataset.since ?? "");
      if (!Number.isNaN(since)) element.textContent = durationText((Date.now() - since) / 1000);
    }
  };
  tick();
  document.addEventListener("htmx:after:settle", tick);
  setInterval(tick, 1000);
}
