import type { NoticeCountView, NoticesRead, NoticeView } from "@openmo/shared/rest-api";
import { browserNotice, offerBrowserNotices } from "./browser-notices";
import { toast } from "./toasts";
import { post } from "../ui/post";
import { t } from "../ui/texts";

const RECENT_MS = 5 * 60_000;
/** How long a hidden page leaves a notice to a visible one. */
const HIDDEN_DELAY_MS = 1000;

const STORAGE_SPREADS_MS = 10_000;

/** The bell in the top bar: how many are unread, the newest ones, and a pop-up for each that comes. */
export class Notices {
  private readonly key: string;
  private readonly list: HTMLElement | null;
  private readonly summary: HTMLElement | null;
  private firstCount = Number.POSITIVE_INFINITY;
  private seen: number;
  private unread: number;
  private last: number;

  constructor(private readonly bell: HTMLDetailsElement) {
    // Of the account's id: another installation at the same address counts for itself, and numbers only grow.
    this.key = `openmo-notices-of-${bell.dataset.account ?? ""}`;
    this.list = bell.querySelector("[data-notices-newest]");
    this.summary = bell.querySelector("summary");
    this.unread = Number(bell.querySelector<HTMLElement>("[data-unread]")?.dataset.unread ?? 0);
    this.last = Number(bell.dataset.notices ?? 0);
    this.seen = this.lastShown() ?? this.last;
    if (this.lastShown() === null) this.saveLastShown(this.seen);
    this.updateBadge();
    bell.addEventListener("toggle", () => void this.refreshList());
    for (const kind of ["click", "auxclick"]) document.addEventListener(kind, (event) => this.clicked(event));
    offerBrowserNotices(bell.querySelector("[data-notices-allow]"));
    this.markThisPage();
    document.addEventListener("visibilitychange", () => this.markThisPage());
  }

  /** The number of the last notice that this page received. */
  get cursor(): number {
    return this.seen;
  }

  updateCount(now: NoticeCountView): void {
    if (this.firstCount === Number.POSITIVE_INFINITY) this.firstCount = now.last;
    const changed = now.unread !== this.unread || now.last !== this.last;
    this.unread = now.unread;
    this.last = now.last;
    this.updateBadge();
    if (!changed) return;
    document.body.dispatchEvent(new CustomEvent("openmo-notices"));
    void this.refreshList();
  }

  /** Pops up on one page alone, preferably on a visible one. */
  async show(notice: NoticeView): Promise<void> {
    this.seen = Math.max(this.seen, notice.number);
    const stale = notice.number <= this.firstCount && Date.now() - Date.parse(notice.at) > RECENT_MS;
    if (document.hidden) await new Promise((resolve) => setTimeout(resolve, HIDDEN_DELAY_MS));
    const isClaimed = await this.claim(notice.number);
    if (!document.hidden && location.pathname === notice.url) void this.markRead({ ids: [notice.id] });
    if (!isClaimed || stale || notice.read) return;
    const text = [notice.text, notice.project_title].filter(Boolean).join(" · ");
    toast({ id: notice.id, icon: notice.outcome, title: notice.title, text, link: notice.url });
    if (document.hidden) browserNotice({ ...notice, text }, () => void this.markRead({ ids: [notice.id] }));
  }

  private async claim(number: number): Promise<boolean> {
    const take = (): boolean => {
      if ((this.lastShown() ?? 0) >= number) return false;
      this.saveLastShown(number);
      return true;
    };
    if (!("locks" in navigator)) return take();
    // What another page stored may arrive here a moment later; that it holds the notice's lock is known at once.
    return new Promise((resolve) => {
      void navigator.locks.request(`${this.key}-${number}`, { ifAvailable: true }, async (lock) => {
        const isFirst = lock !== null && take();
        resolve(isFirst);
        if (isFirst) await new Promise((release) => setTimeout(release, STORAGE_SPREADS_MS));
      });
    });
  }

  private markThisPage(): void {
    const job = document.querySelector<HTMLElement>("[data-job-id]")?.dataset.jobId;
    if (job && this.unread > 0 && !document.hidden) void this.markRead({ job });
  }

  private clicked(event: Event): void {
    const target = event.target as Element;
    const link = target.closest<HTMLElement>("[data-notice]");
    if (link) void this.markRead({ ids: [link.dataset.notice ?? ""] });
    const all = target.closest<HTMLElement>("[data-notices-read]");
    if (all) void this.markRead({ last: Number(all.dataset.noticesRead) }).then(() => this.summary?.focus());
  }

  private async markRead(request: NoticesRead): Promise<void> {
    try {
      const response = await post("/api/v1/notices/read", request, { keepalive: true }); // the page may be on its way to the job
      if (response.ok) this.updateCount((await response.json()) as NoticeCountView);
    } catch {
      // The server is away: they stay unread, and the next click tries again.
    }
  }

  private updateBadge(): void {
    const badge = this.bell.querySelector<HTMLElement>("[data-unread]");
    if (!badge || !this.summary) return;
    badge.textContent = this.unread < 100 ? String(this.unread) : "99+";
    badge.hidden = this.unread === 0;
    const label = this.unread ? t("Notices: {count} unread", { count: this.unread }) : t("Notices");
    this.summary.setAttribute("aria-label", label);
    this.summary.title = label;
  }

  private async refreshList(): Promise<void> {
    if (!this.bell.open || !this.list) return;
    try {
      const response = await fetch("/notices/newest", { headers: { Accept: "text/html" } });
      if (!response.ok) throw new Error(String(response.status));
      this.list.replaceChildren(document.createRange().createContextualFragment(await response.text()));
    } catch {
      this.list.textContent = t("The list cannot be loaded. Is the server running?");
    }
  }

  private lastShown(): number | null {
    try {
      const text = localStorage.getItem(this.key);
      return text === null ? null : Number(text) || 0;
    } catch {
      return null; // storage is forbidden: then each page pops up for itself
    }
  }

  private saveLastShown(number: number): void {
    try {
      localStorage.setItem(this.key, String(number));
    } catch {
      // As above.
    }
  }
}
