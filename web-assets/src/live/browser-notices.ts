import { notificationPermission, showNotification } from "@openmo/shared/browser-notifications";
import { t } from "../ui/texts";

/** The button that requests permission for notifications; nothing requests it without that click. */
export function offerBrowserNotices(button: HTMLButtonElement | null): void {
  if (!button) return;
  const show = (): void => {
    button.hidden = notificationPermission() !== "default";
  };
  show();
  button.addEventListener("click", () => {
    void Notification.requestPermission().then((answer) => {
      show();
      if (answer !== "denied") return;
      button.hidden = false;
      button.disabled = true;
      button.replaceChildren(t("Your browser blocks notices of this site; its settings can allow them."));
    });
  });
}

/** A notice of the operating system, for a reader who looks at something else; nothing where that is not allowed. */
export function browserNotice(notice: { id: string; title: string; text: string; url: string }, onOpen: () => void): void {
  showNotification(notice.title, { body: notice.text, tag: notice.id }, () => {
    onOpen();
    // This page may hold a form half filled or a batch that runs: it stays.
    if (!window.open(notice.url)) location.assign(notice.url);
  });
}
