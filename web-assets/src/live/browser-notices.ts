import { t } from "../ui/texts";

/** The button that asks the browser for its leave; nothing asks without that click. */
export function offerBrowserNotices(button: HTMLButtonElement | null): void {
  if (!button || !("Notification" in window)) return;
  const show = (): void => {
    button.hidden = Notification.permission !== "default";
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

/** A notice of the operating system, for whoever looks at something else; nothing where that is not allowed. */
export function browserNotice(
  notice: { id: string; title: string; text: string; url: string },
  opened: () => void,
): void {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  try {
    const shown = new Notification(notice.title, { body: notice.text, tag: notice.id });
    shown.addEventListener("click", () => {
      opened();
      shown.close();
      // This page may hold a form half filled or a batch that runs: it stays.
      if (!window.open(notice.url)) location.assign(notice.url);
    });
  } catch {
    // Browsers of phones show none without a service worker; the page's own notice is there.
  }
}
