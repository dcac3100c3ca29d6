import { h } from "@openmo/shared/dom";
import { messageOf } from "@openmo/shared/problems";
import { need } from "../ui/dom";
import { sizeText } from "../ui/sizes";
import { t } from "../ui/texts";
import { takePhoto } from "./camera";
import { canRecord, record } from "./recorder";
import type { Sample } from "./types";

/** A file: chosen, dropped, pasted, recorded, taken by the camera or from the app's samples; what can be shown is shown. */
export class FileField {
  private readonly input: HTMLInputElement;
  private readonly drop: HTMLElement;
  private readonly note: HTMLElement;
  private readonly remove: HTMLButtonElement;
  private preview: HTMLElement | null = null;
  private chosen: File | undefined;
  /** How often another file was wanted here: one that is fetched and comes late is not taken. */
  private wanted = 0;

  constructor(
    private readonly root: HTMLElement,
    private readonly complain: (message: string) => void,
  ) {
    this.drop = need(root, "[data-drop]");
    this.input = need(root, "input[type=file]");
    this.note = need(root, "[data-file-note]");
    this.remove = need(root, "[data-clear]");
    this.input.addEventListener("change", () => this.takeChosen());
    this.remove.addEventListener("click", () => {
      this.clear();
      this.root.dispatchEvent(new Event("input", { bubbles: true }));
      this.input.focus();
    });
    this.installDrop();
    this.installPaste();
    this.installDevices();
    this.takeChosen(); // on a slow line a file may be chosen before this script is there
  }

  value(): File | undefined {
    return this.chosen;
  }

  clear(): void {
    this.wanted++;
    this.chosen = undefined;
    this.show();
  }

  take(file: File): void {
    this.wanted++;
    this.chosen = file;
    this.show();
    this.root.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** The app's own file, fetched; false: another was wanted meanwhile. Rejects when it is gone. */
  async takeSample(sample: Sample): Promise<boolean> {
    const mine = ++this.wanted;
    const answer = await fetch(sample.address);
    if (!answer.ok) throw new Error(t("This sample cannot be loaded."));
    const data = await answer.blob();
    if (mine !== this.wanted) return false;
    this.take(new File([data], sample.name, { type: data.type }));
    return true;
  }

  /** Files to try, under the field. */
  offerSamples(samples: Sample[]): void {
    if (samples.length === 0) return;
    const buttons = samples.map((sample, at) => {
      const label = t("Sample {number}: {name}", { number: at + 1, name: sample.name });
      const isImage = this.input.accept.startsWith("image/");
      const face = isImage ? h("img", { src: sample.address, alt: "", loading: "lazy" }) : sample.name;
      const button = h("button", { type: "button", class: isImage ? "sample" : "btn btn-plain btn-sm", "aria-label": label, title: sample.name }, face);
      button.addEventListener("click", () => {
        this.takeSample(sample).catch((error: unknown) => this.complain(messageOf(error)));
      });
      return button;
    });
    need<HTMLElement>(this.root, "[data-samples]").replaceChildren(h("span", {}, t("Try one:")), ...buttons);
  }

  private takeChosen(): void {
    const file = this.input.files?.[0];
    if (file) this.offer(file);
    this.input.value = ""; // the same file may be chosen again after it was removed
  }

  /** Takes a file that fits what the input is for; a wrong one is refused in words. */
  private offer(file: File): void {
    const family = this.input.accept.split("/")[0];
    if (family && file.type && !file.type.startsWith(`${family}/`)) {
      const kinds: Record<string, string> = { image: t("This is no picture."), audio: t("This is no sound."), video: t("This is no film.") };
      this.complain(kinds[family] ?? "");
    } else this.take(file);
  }

  private show(): void {
    const old = this.preview;
    if (old instanceof HTMLImageElement || old instanceof HTMLMediaElement) URL.revokeObjectURL(old.src);
    old?.remove();
    this.preview = this.chosen ? media(this.chosen) : null;
    if (this.preview) this.drop.append(this.preview);
    this.drop.classList.toggle("filled", this.chosen !== undefined);
    this.note.textContent = this.chosen ? `${this.chosen.name} · ${sizeText(this.chosen.size)}` : "";
    this.remove.hidden = !this.chosen;
    for (const hint of this.drop.querySelectorAll<HTMLElement | SVGElement>(":scope > .icon, :scope > [data-drop-text]")) {
      hint.classList.toggle("d-none", this.preview !== null);
    }
  }

  private installDrop(): void {
    for (const name of ["dragenter", "dragover"]) {
      this.drop.addEventListener(name, (event) => {
        event.preventDefault();
        this.drop.classList.add("over");
      });
    }
    this.drop.addEventListener("dragleave", () => this.drop.classList.remove("over"));
    this.drop.addEventListener("drop", (event) => {
      event.preventDefault();
      this.drop.classList.remove("over");
      const file = event.dataTransfer?.files[0];
      if (file) this.offer(file);
    });
  }

  /** A pasted image goes to the first image field that has none. */
  private installPaste(): void {
    if (!this.input.accept.startsWith("image/")) return;
    document.addEventListener("paste", (event) => {
      const file = [...(event.clipboardData?.files ?? [])].find((one) => one.type.startsWith("image/"));
      if (!file || event.defaultPrevented || this.chosen || isTextForField(event)) return;
      event.preventDefault();
      this.take(file);
    });
  }

  /** Camera and microphone; where the browser gives pages none (plain http), a phone's own open through the file input. */
  private installDevices(): void {
    const button = this.root.querySelector<HTMLButtonElement>("[data-device]");
    if (!button) return;
    const kind = button.dataset.device as "camera" | "audio" | "video";
    const use = (): Promise<File | null> => (kind === "camera" ? takePhoto() : record(kind));
    button.addEventListener("click", () => {
      if (kind === "camera" ? !("mediaDevices" in navigator) : !canRecord()) this.capture();
      else {
        use().then(
          (file) => file && this.take(file),
          () => this.complain(kind === "audio" ? t("The microphone cannot be opened.") : t("The camera cannot be opened.")),
        );
      }
    });
  }

  private capture(): void {
    this.input.setAttribute("capture", "environment");
    this.input.click();
    this.input.removeAttribute("capture");
  }
}

/** A spreadsheet puts a picture of the cells beside their text: whoever pastes into a text field means the text. */
function isTextForField(event: ClipboardEvent): boolean {
  const isField = event.target instanceof Element && event.target.matches("input, textarea, [contenteditable]");
  return isField && Boolean(event.clipboardData?.getData("text/plain"));
}

function media(file: File): HTMLElement | null {
  const kind = file.type.split("/")[0];
  const address = URL.createObjectURL(file);
  if (kind === "image") {
    const image = h("img", { alt: file.name });
    image.addEventListener("load", () => image.classList.toggle("tiny", image.naturalWidth < 48));
    image.src = address;
    return image;
  }
  if (kind === "audio") return h("audio", { src: address, controls: true, "aria-label": file.name });
  if (kind === "video") return h("video", { src: address, controls: true, playsinline: true, "aria-label": file.name });
  URL.revokeObjectURL(address);
  return null;
}
