import type { NoticeCountView, NoticesRead, NoticeView } from "@openmo/shared/rest-api";
import { browserNotice, offerBrowserNotices } from "./browser-notices";
import { toast } from "./toasts";
import { post } from "../ui/post";
import { t } from "../ui/texts";

const RECENT = 5 * 60_000;
const POLITE = 1000;

/** The bell in the top bar: how many are unread, the newest ones, and a pop-up for each that comes. */
export class Notices {
  private readonly key: string;
  private readonly list: HTMLElement | null;
  private readonly summary: HTMLElement | null;
  private before = Number.POSITIVE_INFINITY;
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
    this.seen = this.told() ?? this.last;
    if (this.told() === null) this.remember(this.seen);
    this.show();
    bell.addEventListener("toggle", () => void this.refresh());
    for (const kind of ["click", "auxclick"]) document.addEventListener(kind, (event) => this.clicked(event));
    offerBrowserNotices(bell.querySelector("[data-notices-allow]"));
    this.markThisPage();
    document.addEventListener("visibilitychange", () => this.markThisPage());
  }

  /** The number of the last notice that this page has been told of. */
  get mark(): number {
    return this.seen;
  }

  count(now: NoticeCountView): void {
    if (this.before === Number.POSITIVE_INFINITY) this.before = now.last;
    const changed = now.unread !== this.unread || now.last !== this.last;
    this.unread = now.unread;
    this.last = now.last;
    this.show();
    if (!changed) return;
    document.body.dispatchEvent(new CustomEvent("openmo-notices"));
    void this.refresh();
  }

  /** Pops up on one page alone, and rather on one that somebody looks at. */
  async tell(notice: NoticeView): Promise<void> {
    this.seen = Math.max(this.seen, notice.number);
    const stale = notice.number <= this.before && Date.now() - Date.parse(notice.at) > RECENT;
    if (document.hidden) await new Promise((resolve) => setTimeout(resolve, POLITE));
    const mine = await this.claim(notice.number);
    if (!document.hidden && location.pathname === notice.url) void this.read({ ids: [notice.id] });
    if (!mine || stale || notice.read) return;
    const text = [notice.text, notice.project_title].filter(Boolean).join(" · ");
    toast({ id: notice.id, icon: notice.outcome, title: notice.title, text, link: notice.url });
    if (document.hidden) browserNotice({ ...notice, text }, () => void this.read({ ids: [notice.id] }));
  }

  private async claim(number: number): Promise<boolean> {
    const take = (): boolean => {
      if ((this.told() ?? 0) >= number) return false;
      this.remember(number);
      return true;
    };
    return "locks" in navigator ? navigator.locks.request(this.key, take) : take();
  }

  private markThisPage(): void {
    const job = document.querySelector<HTMLElement>("[data-job-id]")?.dataset.jobId;
    if (job && this.unread > 0 && !document.hidden) void this.read({ job });
  }

  private clicked(event: Event): void {
    const target = event.target as Element;
    const link = target.closest<HTMLElement>("[data-notice]");
    if (link) void this.read({ ids: [link.dataset.notice ?? ""] });
    const all = target.closest<HTMLElement>("[data-notices-read]");
    if (all) void this.read({ last: Number(all.dataset.noticesRead) }).then(() => this.summary?.focus());
  }

  private async read(what: NoticesRead): Promise<void> {
    try {
      const answer = await post("/api/v1/notices/read", what, { keepalive: true }); // the page may be on its way to the job
      if (answer.ok) this.count((await answer.json()) as NoticeCountView);
    } catch {
      // The server is away: they stay unread, and the next click tries again.
    }
  }

  private show(): void {
    const badge = this.bell.querySelector<HTMLElement>("[data-unread]");
    if (!badge || !this.summary) return;
    badge.textContent = this.unread < 100 ? String(this.unread) : "99+";
    badge.hidden = this.unread === 0;
    const label = this.unread ? t("Notices: {count} unread", { count: this.unread }) : t("Notices");
    this.summary.setAttribute("aria-label", label);
    this.summary.title = label;
  }

  private async refresh(): Promise<void> {
    if (!this.bell.open || !this.list) return;
    try {
      const answer = await fetch("/notices/newest", { headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error(String(answer.status));
      this.list.replaceChildren(document.createRange().createContextualFragment(await answer.text()));
    } catch {
      this.list.textContent = t("The list cannot be loaded. Is the server running?");
    }
  }

  private told(): number | null {
    try {
      const text = localStorage.getItem(this.key);
      return text === null ? null : Number(text) || 0;
    } catch {
      return null; // storage is forbidden: then each page pops up for itself
    }
  }

  private remember(number: number): void {
    try {
      localStorage.setItem(this.key, String(number));
    } catch {
      // As above.
    }
  }
}
