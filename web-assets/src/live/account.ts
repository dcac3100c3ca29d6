import { Notices, type Count, type Notice } from "./notices";
import { stream } from "./stream";

/** Lists refresh themselves when a job of mine changes, and notices appear as they come, on whatever page. */
export function followAccount(): void {
  const bell = document.querySelector<HTMLDetailsElement>("[data-notices]");
  if (!bell) return; // a visitor's page
  const notices = new Notices(bell);
  let close: (() => void) | null = null;
  let hears = false;
  let before = false;

  const open = (): (() => void) =>
    stream({
      address: () => `/api/v1/events?after=${notices.mark}`,
      on: {
        job: (data) => document.body.dispatchEvent(new CustomEvent("openmo-job", { detail: data })),
        notice: (data) => void notices.tell(data as Notice),
        notices: (data) => {
          notices.count(data as Count);
          if (before) document.body.dispatchEvent(new CustomEvent("openmo-job")); // what changed in between is unknown
          before = false;
        },
      },
      connected: (yes) => (before ||= !yes),
    });

  // Browsers open few connections to one server. So pages that nobody looks at have none, but for one of them.
  const choose = (): void => {
    const wanted = hears || !document.hidden;
    if (wanted && !close) close = open();
    if (wanted || !close) return;
    close();
    close = null;
    before = true;
  };
  document.addEventListener("visibilitychange", choose);
  window.addEventListener("pagehide", () => {
    close?.();
    close = null;
    before = true;
  });
  window.addEventListener("pageshow", choose);
  choose();
  void navigator.locks?.request("openmo-listener", () => {
    hears = true;
    choose();
    return new Promise(() => undefined); // until the page goes
  });
}
