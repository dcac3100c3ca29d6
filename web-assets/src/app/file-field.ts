import { h, need } from "../ui/dom";
import { t } from "../ui/texts";
import { takePhoto } from "./camera";

/** A file: chosen, dropped, pasted or taken by the camera; images, sounds and films are shown at once. */
export class FileField {
  private readonly input: HTMLInputElement;
  private readonly drop: HTMLElement;
  private readonly note: HTMLElement;
  private readonly remove: HTMLButtonElement;
  private preview: HTMLElement | null = null;
  private chosen: File | undefined;

  constructor(private readonly root: HTMLElement) {
    this.drop = need(root, "[data-drop]");
    this.input = need(root, "input[type=file]");
    this.note = need(root, "[data-file-note]");
    this.remove = need(root, "[data-clear]");
    this.input.addEventListener("change", () => {
      const file = this.input.files?.[0];
      if (file) this.take(file);
    });
    this.remove.addEventListener("click", () => this.clear());
    this.installDrop();
    this.installPaste();
    this.installCamera();
  }

  value(): File | undefined {
    return this.chosen;
  }

  clear(): void {
    this.input.value = "";
    this.chosen = undefined;
    this.show();
  }

  private take(file: File): void {
    this.chosen = file;
    this.show();
    this.root.dispatchEvent(new Event("input", { bubbles: true }));
  }

  private show(): void {
    const old = this.preview;
    if (old instanceof HTMLImageElement || old instanceof HTMLMediaElement) URL.revokeObjectURL(old.src);
    old?.remove();
    this.preview = this.chosen ? media(this.chosen) : null;
    if (this.preview) this.drop.append(this.preview);
    this.note.textContent = this.chosen ? `${this.chosen.name} · ${Math.ceil(this.chosen.size / 1000)} kB` : "";
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
      if (file) this.take(file);
    });
  }

  /** A pasted image goes to the first image field that has none. */
  private installPaste(): void {
    if (!this.input.accept.startsWith("image/")) return;
    document.addEventListener("paste", (event) => {
      const file = [...(event.clipboardData?.files ?? [])].find((one) => one.type.startsWith("image/"));
      if (!file || event.defaultPrevented || this.chosen) return;
      event.preventDefault();
      this.take(file);
    });
  }

  private installCamera(): void {
    const button = this.root.querySelector<HTMLButtonElement>("[data-camera]");
    if (!button) return;
    // Where the browser gives no camera to pages (plain http), a phone's own camera still opens through the file input.
    button.addEventListener("click", () => {
      if (!("mediaDevices" in navigator)) {
        this.input.setAttribute("capture", "environment");
        this.input.click();
        this.input.removeAttribute("capture");
        return;
      }
      takePhoto().then(
        (photo) => photo && this.take(photo),
        () => (this.note.textContent = t("The camera cannot be opened.")),
      );
    });
  }
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
  if (kind === "audio") return h("audio", { src: address, controls: true });
  if (kind === "video") return h("video", { src: address, controls: true });
  URL.revokeObjectURL(address);
  return null;
}
