import type { TranslationBundle } from "@jupyterlab/translation";
import { Widget } from "@lumino/widgets";
import { h } from "@openmo/shared/dom";
import { hasEnded } from "@openmo/shared/jobs";

import { button } from "../../buttons";
import { createJobIcon, jobsIcon, selectIcon } from "../../icons";
import type { Job } from "../../jobs";
import type { IJobNotices, IJobs } from "../../tokens";
import { NoticeSwitch } from "./noticeSwitch";
import { JobRow, type RowAction, iconButton } from "./row";

/** What the panel can have done. */
export interface IJobActions {
  create(): void;
  open(job: Job, part: "log" | "charts"): void;
  terminate(job: Job): void;
  restart(job: Job): void;
  remove(jobs: readonly Job[]): void;
  /** Opens the menu of what can be done with the job. */
  menu(job: Job, anchor: Element): void;
}

interface IOptions {
  readonly jobs: IJobs;
  readonly notices: IJobNotices;
  readonly actions: IJobActions;
  readonly trans: TranslationBundle;
}

/** The project's jobs at the left. */
export class JobsPanel extends Widget {
  private readonly rows = new Map<number, JobRow>();
  private readonly list = h("ul", { class: "openmo-Jobs-list" });
  private readonly empty = h("div", { class: "openmo-Jobs-empty", hidden: true });
  private readonly error = h("p", { class: "openmo-Jobs-error", hidden: true });
  private readonly selection = h("div", { class: "openmo-Jobs-selection", hidden: true });
  private readonly count = h("span", {});
  private readonly remove: HTMLButtonElement;
  private readonly select: HTMLButtonElement;
  private selecting = false;
  private current: number | null = null;
  private timer = 0;
  private readonly onChanged = (): void => { this.update(); };

  constructor(private readonly options: IOptions) {
    super();
    const { trans, actions } = options;
    this.id = "openmo-jobs";
    this.addClass("openmo-Jobs");
    this.title.icon = jobsIcon;
    this.title.caption = trans.__("Jobs");
    this.node.setAttribute("role", "region");
    this.node.setAttribute("aria-label", trans.__("Jobs"));
    this.list.setAttribute("aria-label", trans.__("Jobs of this project"));
    this.error.setAttribute("role", "alert");
    this.select = iconButton(selectIcon, trans.__("Select several"), () => { this.setSelecting(!this.selecting); });
    this.remove = button(trans.__("Delete"), () => { actions.remove(this.ticked); });
    this.selection.append(
      this.count,
      button(trans.__("All ended"), () => { this.tickAll(); }),
      this.remove,
    );
    this.empty.append(
      h("strong", {}, trans.__("No jobs yet")),
      h("p", {}, trans.__("A job runs a script or a notebook in the background, also while the browser is closed, and charts the metrics that it prints.")),
    );
    const create = button(trans.__("New Job"), () => { actions.create(); }, { primary: true });
    create.prepend(createJobIcon.element({ tag: "span", height: "16px", width: "16px" }));
    const head = h("div", { class: "openmo-Jobs-head" }, create, new NoticeSwitch(options.notices, trans).node, this.select);
    this.node.append(head, this.selection, this.error, this.empty, this.list);
    this.list.addEventListener("keydown", (event) => { this.onKey(event); });
    this.list.addEventListener("focusin", (event) => { this.onFocus(event); });
    this.list.addEventListener("contextmenu", (event) => { this.onMenu(event); });
    options.jobs.changed.connect(this.onChanged);
  }

  /** The job that commands without arguments are about; null: none. */
  get currentJob(): Job | null {
    return (this.current === null ? undefined : this.rows.get(this.current)?.job) ?? null;
  }

  override dispose(): void {
    window.clearInterval(this.timer);
    this.options.jobs.changed.disconnect(this.onChanged);
    super.dispose();
  }

  protected override onAfterShow(): void {
    this.options.jobs.refresh().catch(() => undefined);
    this.update();
    this.timer = window.setInterval(() => { this.tick(); }, 1_000);
  }

  protected override onAfterHide(): void {
    window.clearInterval(this.timer);
  }

  protected override onActivateRequest(): void {
    const row = this.current === null ? undefined : this.rows.get(this.current);
    if (row !== undefined) {
      row.focus();
    } else {
      this.node.querySelector("button")?.focus();
    }
  }

  protected override onUpdateRequest(): void {
    const { jobs, isLoaded, error } = this.options.jobs;
    this.error.textContent = error;
    this.error.hidden = error === "";
    this.empty.hidden = !isLoaded || jobs.length > 0;
    this.select.hidden = !jobs.some(hasEnded);
    if (this.select.hidden && this.selecting) {
      this.setSelecting(false);
    }
    this.draw(jobs);
    this.showSelection();
  }

  private draw(jobs: readonly Job[]): void {
    const present = new Set(jobs.map((job) => job.number));
    const hadFocus = this.list.contains(document.activeElement);
    for (const [number, row] of this.rows) {
      if (!present.has(number)) {
        row.node.remove();
        this.rows.delete(number);
      }
    }
    let before: Element | null = this.list.firstElementChild;
    for (const job of jobs) {
      const row = this.rowOf(job);
      row.update(job, { now: this.options.jobs.now(), selecting: this.selecting });
      if (row.node === before) {
        before = before.nextElementSibling;
      } else {
        this.list.insertBefore(row.node, before);
      }
    }
    if (this.current === null || !present.has(this.current)) {
      this.setCurrent(jobs[0]?.number ?? null, hadFocus && !this.list.contains(document.activeElement));
    }
  }

  private rowOf(job: Job): JobRow {
    let row = this.rows.get(job.number);
    if (row === undefined) {
      row = new JobRow(job, this.options.trans, (action, which) => { this.act(action, which); });
      this.rows.set(job.number, row);
    }
    return row;
  }

  private act(action: RowAction, job: Job): void {
    const { actions } = this.options;
    switch (action) {
      case "log":
      case "charts":
        actions.open(job, action);
        break;
      case "terminate":
        actions.terminate(job);
        break;
      case "restart":
        actions.restart(job);
        break;
      case "menu":
        actions.menu(job, this.rowOf(job).menuAnchor);
        break;
      case "select":
        this.showSelection();
        break;
    }
  }

  private get ordered(): JobRow[] {
    return this.options.jobs.jobs.flatMap((job) => this.rows.get(job.number) ?? []);
  }

  private get ticked(): Job[] {
    return this.ordered.filter((row) => row.isTicked).map((row) => row.job);
  }

  private setSelecting(selecting: boolean): void {
    this.selecting = selecting;
    this.select.setAttribute("aria-pressed", String(selecting));
    for (const row of this.rows.values()) {
      row.isTicked = false;
    }
    this.update();
  }

  private tickAll(): void {
    for (const row of this.rows.values()) {
      row.isTicked = true;
    }
    this.showSelection();
  }

  private showSelection(): void {
    this.selection.hidden = !this.selecting;
    this.count.textContent = this.options.trans.__("%1 selected", this.ticked.length);
    this.remove.disabled = this.ticked.length === 0;
  }

  private setCurrent(number: number | null, focus = false): void {
    if (this.current !== null) {
      this.rows.get(this.current)?.setTabStop(false);
    }
    this.current = number;
    const row = number === null ? undefined : this.rows.get(number);
    row?.setTabStop(true);
    if (focus) {
      row?.focus();
    }
  }

  private onFocus(event: Event): void {
    const number = numberOf(event.target);
    if (number !== null && number !== this.current) {
      this.setCurrent(number);
    }
  }

  private onKey(event: KeyboardEvent): void {
    const rows = this.ordered;
    const at = rows.findIndex((row) => row.job.number === this.current);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    const job = this.currentJob;
    if (to !== undefined) {
      const row = rows[Math.min(rows.length - 1, Math.max(0, to))];
      this.setCurrent(row?.job.number ?? null, true);
    } else if (event.key === "Delete" && job !== null && hasEnded(job)) {
      this.options.actions.remove([job]);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  private onMenu(event: MouseEvent): void {
    const number = numberOf(event.target);
    const row = number === null ? undefined : this.rows.get(number);
    if (row !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      this.setCurrent(row.job.number);
      this.options.actions.menu(row.job, row.menuAnchor);
    }
  }

  private tick(): void {
    const now = this.options.jobs.now();
    for (const row of this.rows.values()) {
      if (!hasEnded(row.job)) {
        row.tick(now);
      }
    }
  }
}

function numberOf(target: EventTarget | null): number | null {
  const row = target instanceof Element ? target.closest<HTMLElement>(".openmo-JobRow") : null;
  return row === null ? null : Number(row.dataset.number);
}
