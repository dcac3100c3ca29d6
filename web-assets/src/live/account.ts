import type { NoticeCountView, NoticeView } from "@openmo/shared/rest-api";
import { Notices } from "./notices";
import { EventStream } from "./event-stream";

/** Lists refresh themselves when a job of mine changes, and notices appear as they come, on whatever page. */
export function followAccount(): void {
  const bell = document.querySelector<HTMLDetailsElement>("[data-notices]");
  if (!bell) return; // a visitor's page
  const notices = new Notices(bell);
  let hears = false;
  let before = false;
  const events = new EventStream({
    address: () => `/api/v1/events?after=${notices.mark}`,
    on: {
      job: (data) => document.body.dispatchEvent(new CustomEvent("openmo-job", { detail: data })),
      notice: (data) => void notices.tell(data as NoticeView),
      notices: (data) => {
        notices.count(data as NoticeCountView);
        if (before) document.body.dispatchEvent(new CustomEvent("openmo-job")); // what changed in between is unknown
        before = false;
      },
    },
    onConnected: (connected) => (before ||= !connected),
    keepsWhileHidden: () => hears,
  });
  // Of all pages that nobody looks at one listens, for the notices of the operating system.
  if (!("locks" in navigator)) return; // over plain http
  void navigator.locks.request("openmo-listener", () => {
    hears = true;
    events.update();
    return new Promise(() => undefined); // until the page goes
  });
}
