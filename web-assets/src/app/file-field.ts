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
  private file: File | undefined;
  /** Counts changes of the file: one whose download ends too late does not replace a newer one. */
  private generation = 0;

  constructor(
    private readonly root: HTMLElement,
    private readonly showError: (message: string) => void,
  ) {
    this.drop = need(root, "[data-drop]");
    this.input = need(root, "input[type=file]");
    this.note = need(root, "[data-file-note]");
    this.remove = need(root, "[data-clear]");
    this.input.addEventListener("change", () => this.readInput());
    this.remove.addEventListener("click", () => {
      this.clear();
      this.root.dispatchEvent(new Event("input", { bubbles: true }));
      this.input.focus();
    });
    this.installDrop();
    this.installPaste();
    this.installDevices();
    this.readInput(); // on a slow line a file may be chosen before this script is there
  }

  value(): File | undefined {
    return this.file;
  }

  clear(): void {
    this.generation++;
    this.file = undefined;
    this.show();
  }

  setFile(file: File): void {
    this.generation++;
    this.file = file;
    this.show();
    this.root.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** The app's own file, fetched; false: another was set meanwhile. Rejects when it is gone. */
  async takeSample(sample: Sample): Promise<boolean> {
    const generation = ++this.generation;
    const answer = await fetch(sample.address);
    if (!answer.ok) throw new Error(t("This sample cannot be loaded."));
    const data = await answer.blob();
    if (generation !== this.generation) return false;
    this.setFile(new File([data], sample.name, { type: data.type }));
    return true;
  }

  /** Files to try, under the field. */
  offerSamples(samples: Sample[]): void {
    if (samples.length === 0) return;
    const buttons = samples.map((sample, at) => {
      const label = t("Sample {number}: {name}", { number: at + 1, name: sample.name });
      const isImage = this.input.accept.startsWith("image/");
      const content = isImage ? h("img", { src: sample.address, alt: "", loading: "lazy" }) : sample.name;
      const button = h("button", { type: "button", class: isImage ? "sample" : "btn btn-plain btn-sm", "aria-label": label, title: sample.name }, content);
      button.addEventListener("click", () => {
        this.takeSample(sample).catch((error: unknown) => this.showError(messageOf(error)));
      });
      return button;
    });
    need<HTMLElement>(this.root, "[data-samples]").replaceChildren(h("span", {}, t("Try one:")), ...buttons);
  }

  private readInput(): void {
    const file = this.input.files?.[0];
    if (file) this.accept(file);
    this.input.value = ""; // the same file may be chosen again after it was removed
  }

  /** Accepts a file of the kind that the input takes; any other takes the place of the one before, and is refused. */
  private accept(file: File): void {
    const family = this.input.accept.split("/")[0];
    if (family && file.type && !file.type.startsWith(`${family}/`)) {
      this.clear();
      this.root.dispatchEvent(new Event("input", { bubbles: true }));
      const kinds: Record<string, string> = { image: t("This is not an image."), audio: t("This is not an audio recording."), video: t("This is not a video.") };
      this.showError(kinds[family] ?? "");
    } else this.setFile(file);
  }

  private show(): void {
    const old = this.preview;
    if (old instanceof HTMLImageElement || old instanceof HTMLMediaElement) URL.revokeObjectURL(old.src);
    old?.remove();
    this.preview = this.file ? media(this.file) : null;
    if (this.preview) this.drop.append(this.preview);
    this.drop.classList.toggle("filled", this.file !== undefined);
    this.note.textContent = this.file ? `${this.file.name} · ${sizeText(this.file.size)}` : "";
    this.remove.hidden = !this.file;
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
      if (file) this.accept(file);
    });
  }

  /** A pasted image goes to the first image field that has none. */
  private installPaste(): void {
    if (!this.input.accept.startsWith("image/")) return;
    document.addEventListener("paste", (event) => {
      const file = [...(event.clipboardData?.files ?? [])].find((one) => one.type.startsWith("image/"));
      if (!file || event.defaultPrevented || this.file || isTextForField(event)) return;
      event.preventDefault();
      this.setFile(file);
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
          (file) => file && this.setFile(file),
          () => this.showError(kind === "audio" ? t("The microphone cannot be opened.") : t("The camera cannot be opened.")),
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

/** A spreadsheet puts a picture of the cells beside their text: in a text field, the text is what is meant. */
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
