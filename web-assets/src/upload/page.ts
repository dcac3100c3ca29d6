import { h } from "@openmo/shared/dom";
import { durationText } from "@openmo/shared/durations";
import { messageOf, PlatformError } from "@openmo/shared/problems";
import type { FinishDraft, NewDatasetDraft, UploadView } from "@openmo/shared/rest-api";
import { dialogButton, openDialog } from "../ui/dialog";
import { need } from "../ui/dom";
import { sizeText } from "../ui/sizes";
import { t } from "../ui/texts";
import { drawFiles } from "./list";
import { Meter } from "./meter";
import { forget, Queue } from "./queue";
import * as sessions from "./session";
import { chosenFiles, droppedFiles, placed, type LocalFile } from "./sources";

const POLL_MS = 700;
const DRAW_MS = 200;

/** The page on which files become a dataset, or its next version. */
export class UploadPage {
  private readonly dataset: string;
  private readonly form: HTMLFormElement;
  private readonly notice: HTMLElement;
  private readonly button: HTMLButtonElement;
  private readonly meter = new Meter();
  private session: UploadView | null = null;
  private opening: Promise<Queue> | null = null;
  private queue: Queue | null = null;
  private drawing = 0;
  private busy = false;

  constructor(private readonly root: HTMLElement) {
    this.dataset = root.dataset.upload ?? "";
    this.form = need(root, "form");
    this.notice = need(root, "[data-upload-notice]");
    this.button = need(root, "[data-upload-finish]");
  }

  /** Everything is wired; an upload that was left is offered again. */
  async start(): Promise<void> {
    this.installDrop();
    for (const input of this.root.querySelectorAll<HTMLInputElement>("input[type=file]")) {
      input.addEventListener("change", () => {
        if (input.files) void this.take(chosenFiles(input.files));
        input.value = "";
      });
    }
    const pause = need<HTMLButtonElement>(this.root, "[data-upload-pause]");
    pause.addEventListener("click", () => {
      if (this.queue?.paused) this.queue.resume();
      else this.queue?.pause();
      this.meter.reset();
    });
    need(this.root, "[data-upload-discard]").addEventListener("click", () => void this.discard());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.finish();
    });
    window.addEventListener("beforeunload", (event) => {
      if (this.queue?.sendingNow) event.preventDefault();
    });
    await this.offerLeft();
  }

  private async offerLeft(): Promise<void> {
    try {
      const left = await sessions.unfinished(this.dataset);
      if (!left || this.session) return;
      this.session = left;
      if (left.state === "finishing") {
        await this.follow(left);
        return;
      }
      const values = { whole: left.whole_files, files: left.files, sent: sizeText(left.sent_bytes) };
      this.say(t("You have begun an upload: {whole} of {files} files, {sent}, are here. Choose the same files again to go on.", values), "wait");
      this.draw();
    } catch (error) {
      this.say(messageOf(error));
    }
  }

  private installDrop(): void {
    const zone = need<HTMLElement>(this.root, "[data-upload-drop]");
    for (const name of ["dragenter", "dragover"]) {
      zone.addEventListener(name, (event) => {
        event.preventDefault();
        zone.classList.add("over");
      });
    }
    zone.addEventListener("dragleave", () => zone.classList.remove("over"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      zone.classList.remove("over");
      if (event.dataTransfer) void droppedFiles(event.dataTransfer).then((files) => this.take(files), (error: unknown) => this.say(messageOf(error)));
    });
  }

  private async take(files: LocalFile[]): Promise<void> {
    if (files.length === 0) return;
    const into = need<HTMLInputElement>(this.root, "[name=into]").value;
    try {
      const queue = await (this.opening ??= this.open());
      this.say("");
      queue.add(placed(files, into));
      this.proposeName(files);
    } catch (error) {
      this.opening = null;
      this.say(messageOf(error));
    }
  }

  private async open(): Promise<Queue> {
    this.session ??= await sessions.opened(this.dataset);
    const there = await sessions.sentFiles(this.session.id);
    this.queue = new Queue(this.session.id, there, () => this.changed());
    return this.queue;
  }

  /** A new dataset is called as the folder that it is made of. */
  private proposeName(files: readonly LocalFile[]): void {
    const name = this.form.querySelector<HTMLInputElement>("[name=name]");
    const folder = files[0]?.path.includes("/") ? (files[0].path.split("/")[0] ?? "") : "";
    if (name && !name.value) name.value = folder.toLowerCase().replace(/[^a-z0-9_]+/g, "-").replace(/^[-_]+|[-_]+$/g, "").slice(0, 63);
  }

  private changed(): void {
    this.drawing ||= window.setTimeout(() => {
      this.drawing = 0;
      this.draw();
    }, DRAW_MS);
  }

  private draw(): void {
    const { queue } = this;
    need<HTMLElement>(this.root, "[data-upload-discard]").hidden = !this.session;
    if (!queue) return;
    const items = [...queue.items.values()];
    const bytes = items.reduce((sum, item) => sum + item.local.file.size, 0);
    const sent = items.reduce((sum, item) => sum + item.sent, 0);
    const whole = items.filter((item) => item.state === "whole").length;
    const failed = items.filter((item) => item.state === "failed").length;
    this.meter.mark(sent);
    need<HTMLElement>(this.root, "[data-upload-progress]").hidden = items.length === 0;
    const bar = need<HTMLProgressElement>(this.root, "progress");
    bar.value = bytes > 0 ? sent / bytes : items.length > 0 ? whole / items.length : 0;
    const parts = [t("{whole} of {files} files", { whole, files: items.length }), t("{sent} of {size}", { sent: sizeText(sent), size: sizeText(bytes) })];
    const left = this.meter.secondsLeft(bytes - sent);
    if (queue.sendingNow && !queue.paused && left !== null) parts.push(t("{size} a second", { size: sizeText(this.meter.speed()) }), t("{time} left", { time: durationText(Math.ceil(left)) }));
    if (failed > 0) parts.push(t("{count} failed", { count: failed }));
    need(this.root, "[data-upload-summary]").textContent = parts.join(" · ");
    const pause = need<HTMLButtonElement>(this.root, "[data-upload-pause]");
    pause.hidden = !queue.sendingNow;
    pause.textContent = queue.paused ? t("Go on") : t("Pause");
    drawFiles(need(this.root, "[data-upload-files]"), queue);
    this.button.disabled = this.busy || queue.sendingNow || failed > 0;
  }

  private async finish(): Promise<void> {
    this.clearErrors();
    const removed = this.field("removed").split("\n").map((line) => line.trim()).filter(Boolean);
    if (!this.session && removed.length === 0) {
      this.say(t("Choose files first."));
      return;
    }
    this.setBusy(true);
    try {
      this.session ??= await sessions.opened(this.dataset);
      if (removed.length > 0) await sessions.removed(this.session.id, removed);
      await this.follow(await sessions.finished(this.session.id, this.draft()));
    } catch (error) {
      this.setBusy(false);
      this.show(error);
    }
  }

  private draft(): FinishDraft {
    const draft: FinishDraft = { notes: this.field("notes") };
    if (this.dataset) {
      const newest = Number(this.root.dataset.version);
      return newest === this.session?.base_version ? draft : { ...draft, onto: newest };
    }
    const tags = this.field("tags").split(",").map((tag) => tag.trim()).filter(Boolean);
    const category = this.field("category") as Required<NewDatasetDraft>["category"];
    const isPublic = this.form.querySelector<HTMLInputElement>("[name=visibility]:checked")?.value === "public";
    const named = { name: this.field("name"), title: this.field("title"), description: this.field("description"), licence: this.field("licence") };
    return { ...draft, new: { ...named, category, tags, public: isPublic } };
  }

  /** Waits until the version is there, and goes to it. */
  private async follow(upload: UploadView): Promise<void> {
    this.setBusy(true);
    let now = upload;
    while (now.state === "finishing") {
      const share = now.bytes > 0 ? Math.floor((100 * now.checked_bytes) / now.bytes) : 0;
      this.say(t("The version is being made: {share} % of the files are checked.", { share }), "wait");
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      now = await sessions.shown(now.id);
    }
    if (now.state === "finished") {
      forget(now.id);
      location.assign(`/datasets/${now.dataset}`);
      return;
    }
    this.session = now;
    this.setBusy(false);
    this.say(now.problem);
  }

  private async discard(): Promise<void> {
    const question = t("Discard this upload? What was sent is thrown away.");
    const buttons = [dialogButton("no", "btn-plain", t("Cancel")), dialogButton("yes", "btn-danger-quiet", t("Discard"))];
    if (!this.session || (await openDialog(question, [h("p", { class: "mb-0" }, question)], buttons).answer) !== "yes") return;
    try {
      this.queue?.pause();
      await sessions.discarded(this.session.id);
      forget(this.session.id);
      location.reload();
    } catch (error) {
      this.say(messageOf(error));
    }
  }

  private show(error: unknown): void {
    const fields = error instanceof PlatformError && Array.isArray(error.fields.errors) ? (error.fields.errors as { name: string; message: string }[]) : [];
    let placedAll = fields.length > 0;
    for (const { name, message } of fields) {
      const input = this.form.querySelector<HTMLElement>(`[name=${CSS.escape(name === "patterns" ? "removed" : name)}]`);
      if (!input) {
        placedAll = false;
        continue;
      }
      input.setAttribute("aria-invalid", "true");
      input.classList.add("is-invalid");
      input.closest(".upload-field")?.append(h("p", { class: "field-error", role: "alert" }, message));
      input.focus();
    }
    if (!placedAll) this.say(messageOf(error));
  }

  private clearErrors(): void {
    this.say("");
    for (const old of this.form.querySelectorAll(".field-error")) old.remove();
    for (const input of this.form.querySelectorAll(".is-invalid")) {
      input.classList.remove("is-invalid");
      input.removeAttribute("aria-invalid");
    }
  }

  private field(name: string): string {
    return this.form.querySelector<HTMLInputElement>(`[name=${name}]`)?.value.trim() ?? "";
  }

  private setBusy(busy: boolean): void {
    this.busy = busy;
    this.button.disabled = busy || (this.queue?.sendingNow ?? false);
  }

  private say(text: string, tone = "bad"): void {
    this.notice.hidden = !text;
    this.notice.className = `notice ${tone}`;
    this.notice.replaceChildren(h("p", {}, text));
  }
}
