import { t } from "../ui/texts";

/** Where the reader is: parts of the log, from 0 to 1. */
export interface Extent {
  top: number;
  bottom: number;
}

const MIN_THUMB_PX = 28;

/** The scroll bar of the whole log: the page holds a part of it only, so the browser's own would show that part. */
export class LogBar {
  private readonly thumb: HTMLElement;
  private extent: Extent = { top: 0, bottom: 1 };

  /** @param onSeek Called with the part of the log (0 to 1) that the reader wants at the top. */
  constructor(
    private readonly root: HTMLElement,
    private readonly onSeek: (part: number) => void,
  ) {
    this.thumb = document.createElement("i");
    root.append(this.thumb);
    root.addEventListener("pointerdown", (event) => this.pressed(event));
    root.addEventListener("keydown", (event) => this.key(event));
  }

  show(extent: Extent, hidden: boolean): void {
    this.extent = extent;
    this.root.classList.toggle("idle", hidden);
    const length = Math.max(extent.bottom - extent.top, 0);
    const height = this.root.clientHeight;
    const thumb = Math.min(Math.max(length * height, MIN_THUMB_PX), height);
    const at = length < 1 ? extent.top / (1 - length) : 0;
    this.thumb.style.height = `${thumb}px`;
    this.thumb.style.transform = `translateY(${Math.min(Math.max(at, 0), 1) * (height - thumb)}px)`;
    const percent = String(Math.round(Math.min(Math.max(at, 0), 1) * 100));
    this.root.setAttribute("aria-valuenow", percent);
    this.root.setAttribute("aria-valuetext", t("{percent}% of the log", { percent }));
  }

  private pressed(event: PointerEvent): void {
    if (event.button !== 0) return;
    event.preventDefault();
    this.root.focus({ preventScroll: true });
    const box = this.root.getBoundingClientRect();
    const thumb = this.thumb.getBoundingClientRect();
    const inside = event.clientY >= thumb.top && event.clientY <= thumb.bottom;
    const grip = inside ? event.clientY - thumb.top : thumb.height / 2;
    const move = (at: PointerEvent): void => {
      const room = box.height - thumb.height;
      this.to(room > 0 ? (at.clientY - grip - box.top) / room : 0);
    };
    const release = (): void => {
      this.root.removeEventListener("pointermove", move);
      this.root.classList.remove("held");
    };
    this.root.classList.add("held");
    this.root.setPointerCapture(event.pointerId);
    this.root.addEventListener("pointermove", move);
    this.root.addEventListener("pointerup", release, { once: true });
    this.root.addEventListener("pointercancel", release, { once: true });
    if (!inside) move(event);
  }

  private key(event: KeyboardEvent): void {
    const length = this.extent.bottom - this.extent.top;
    const now = length < 1 ? this.extent.top / (1 - length) : 0;
    const target = {
      Home: 0,
      End: 1,
      ArrowUp: now - 0.01,
      ArrowDown: now + 0.01,
      PageUp: now - 0.1,
      PageDown: now + 0.1,
    }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    this.to(target);
  }

  private to(part: number): void {
    this.onSeek(Math.min(Math.max(part, 0), 1));
  }
}
