import { h, icon } from "../ui/dom";
import { t } from "../ui/texts";
import { toWave } from "./wave";

const LONGEST_SECONDS = 300;

/** Whether this browser lets this page record; over plain http no browser does. */
export const canRecord = (): boolean => "mediaDevices" in navigator && "MediaRecorder" in window;

/**
 * Records sound or film in a dialog with a running clock; null when the user closes it.
 *
 * Sound comes as WAV, which every library reads; film as the browser makes it. Rejects when there is no device or no leave.
 */
export async function record(kind: "audio" | "video"): Promise<File | null> {
  const stream = await navigator.mediaDevices.getUserMedia(kind === "audio" ? { audio: true } : { audio: true, video: true });
  try {
    const data = await new Recording(stream, kind).result;
    if (!data) return null;
    if (kind === "audio") return new File([await toWave(data)], "recording.wav", { type: "audio/wav" });
    const extension = data.type.includes("mp4") ? "mp4" : "webm";
    return new File([data], `recording.${extension}`, { type: `video/${extension}` });
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
}

class Recording {
  readonly result: Promise<Blob | null>;
  private readonly recorder: MediaRecorder;
  private readonly pieces: Blob[] = [];
  private readonly clock = h("span", { class: "record-clock num", role: "timer" }, "0:00");
  private readonly dialog: HTMLDialogElement;
  private started = Date.now();

  constructor(stream: MediaStream, kind: "audio" | "video") {
    this.recorder = new MediaRecorder(stream);
    this.dialog = this.build(stream, kind);
    this.recorder.addEventListener("dataavailable", (event) => this.pieces.push(event.data));
    this.result = this.run();
  }

  private build(stream: MediaStream, kind: "audio" | "video"): HTMLDialogElement {
    const view = kind === "video" ? h("video", { class: "camera-view", autoplay: true, playsinline: true }) : null;
    if (view) {
      view.muted = true;
      view.srcObject = stream;
    }
    const stop = h("button", { class: "btn btn-primary", value: "yes", autofocus: true }, icon("terminated"), t("Stop and use"));
    return h(
      "dialog",
      { class: "dialog", "aria-label": kind === "audio" ? t("Recording sound") : t("Recording film") },
      h(
        "form",
        { method: "dialog" },
        view,
        h("p", { class: "record-line" }, h("span", { class: "record-dot", "aria-hidden": "true" }), t("Recording"), this.clock),
        h("div", { class: "dialog-actions" }, h("button", { class: "btn btn-plain", value: "no" }, t("Cancel")), stop),
      ),
    );
  }

  private async run(): Promise<Blob | null> {
    document.body.append(this.dialog);
    this.dialog.showModal();
    this.recorder.start();
    this.started = Date.now();
    const ticking = setInterval(() => this.tick(), 250);
    await new Promise((resolve) => this.dialog.addEventListener("close", resolve, { once: true }));
    clearInterval(ticking);
    const stopped = new Promise((resolve) => this.recorder.addEventListener("stop", resolve, { once: true }));
    this.recorder.stop();
    await stopped;
    this.dialog.remove();
    return this.dialog.returnValue === "yes" ? new Blob(this.pieces, { type: this.recorder.mimeType }) : null;
  }

  private tick(): void {
    const seconds = Math.floor((Date.now() - this.started) / 1000);
    this.clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (seconds >= LONGEST_SECONDS) this.dialog.close("yes");
  }
}
