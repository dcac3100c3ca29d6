import { h } from "@openmo/shared/dom";
import { icon } from "../ui/dom";
import { t } from "../ui/texts";

export interface Toast {
  /** The notice that following the link marks as read. */
  id?: string;
  icon: string;
  title: string;
  text?: string;
  link?: string;
}

const DURATION_MS = 12_000;
const MAX_TOASTS = 4;

/** A notice in the corner; it leaves by itself once it was in sight, unless the pointer or the focus rests on it. */
export function toast(notice: Toast): void {
  const corner = document.getElementById("toasts");
  if (!corner) return;
  const close = h("button", { type: "button", class: "btn btn-quiet", "aria-label": t("Close") }, icon("close"));
  const title = notice.link ? h("a", { href: notice.link, "data-notice": notice.id }, notice.title) : h("strong", {}, notice.title);
  const item = h(
    "div",
    { class: "toast-item" },
    h("span", { class: `state ${notice.icon}` }, icon(notice.icon)),
    h("div", { class: "text" }, title, notice.text ? h("div", { class: "small muted" }, notice.text) : null),
    close,
  );
  close.addEventListener("click", () => item.remove());
  corner.append(item);
  while (corner.childElementCount > MAX_TOASTS) corner.firstElementChild?.remove();
  const leave = (): void => {
    if (document.hidden) document.addEventListener("visibilitychange", () => window.setTimeout(leave, DURATION_MS), { once: true });
    else if (item.matches(":hover, :focus-within")) window.setTimeout(leave, DURATION_MS / 2);
    else item.remove();
  };
  window.setTimeout(leave, DURATION_MS);
}
