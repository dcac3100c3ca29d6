/** Notifications of the operating system, for users who look at something else. */

/** What the browser allows this page; `missing` where it has no notifications, as over plain http. */
export function notificationPermission(): NotificationPermission | "missing" {
  return "Notification" in window && window.isSecureContext ? Notification.permission : "missing";
}

/** Shows a notification where that is allowed; one with the same `tag` takes the place of the earlier one. */
export function showNotification(title: string, options: { body: string; tag: string }, onClick: () => void): void {
  if (notificationPermission() !== "granted") return;
  try {
    const shown = new Notification(title, options);
    shown.addEventListener("click", () => {
      onClick();
      shown.close();
    });
  } catch {
    // Browsers of phones show none without a service worker; the page's own notice is there.
  }
}
