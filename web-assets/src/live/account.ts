import type { NoticeCountView, NoticeView } from "@openmo/shared/rest-api";
import { Notices } from "./notices";
import { EventStream } from "./event-stream";

/** Lists refresh themselves when a job of the reader changes, and notices appear as they come, on every page. */
export function followAccount(): void {
  const bell = document.querySelector<HTMLDetailsElement>("[data-notices]");
  if (!bell) return; // a visitor's page
  const notices = new Notices(bell);
  let isListener = false;
  let wasDisconnected = false;
  const events = new EventStream({
    address: () => `/api/v1/events?after=${notices.cursor}`,
    on: {
      job: (data) => document.body.dispatchEvent(new CustomEvent("openmo-job", { detail: data })),
      notice: (data) => void notices.show(data as NoticeView),
      notices: (data) => {
        notices.updateCount(data as NoticeCountView);
        if (wasDisconnected) document.body.dispatchEvent(new CustomEvent("openmo-job")); // what changed in between is unknown
        wasDisconnected = false;
      },
    },
    onConnected: (connected) => (wasDisconnected ||= !connected),
    keepsWhileHidden: () => isListener,
  });
  // Of all hidden pages one keeps its connection, for the notices of the operating system.
  if (!("locks" in navigator)) return; // over plain http
  void navigator.locks.request("openmo-listener", () => {
    isListener = true;
    events.update();
    return new Promise(() => undefined); // until the page goes
  });
}
