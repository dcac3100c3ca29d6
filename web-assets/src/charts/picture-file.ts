import { saveFile } from "../ui/save";

const MARGIN = 12;
const TITLE = 28;

/** A name for a file that no system minds. */
export function fileName(name: string, ending: string): string {
  const plain = name.replace(/[^\p{L}\p{N}._-]+/gu, "_").replace(/^[._-]+|[._-]+$/g, "");
  return `${plain.slice(0, 80) || "chart"}.${ending}`;
}

/** Saves the drawing with its name above, on the colour of the page. */
export function savePng(canvas: HTMLCanvasElement | null, name: string): void {
  if (!canvas) return;
  const scale = window.devicePixelRatio || 1;
  const style = getComputedStyle(document.documentElement);
  const whole = document.createElement("canvas");
  whole.width = canvas.width + 2 * MARGIN * scale;
  whole.height = canvas.height + (TITLE + MARGIN) * scale;
  const drawing = whole.getContext("2d");
  if (!drawing) return;
  drawing.fillStyle = style.getPropertyValue("--om-surface").trim();
  drawing.fillRect(0, 0, whole.width, whole.height);
  drawing.fillStyle = style.getPropertyValue("--bs-heading-color").trim();
  drawing.font = `600 ${13 * scale}px system-ui, sans-serif`;
  drawing.fillText(name, MARGIN * scale, 19 * scale, whole.width - 2 * MARGIN * scale);
  drawing.drawImage(canvas, MARGIN * scale, TITLE * scale);
  whole.toBlob((blob) => {
    if (blob) saveFile(blob, fileName(name, "png"));
  });
}
