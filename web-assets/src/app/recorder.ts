import { h } from "@openmo/shared/dom";
import { dialogButton, openDialog } from "../ui/dialog";
import { icon } from "../ui/dom";
import { t } from "../ui/texts";
import { withDevice } from "./devices";
import { toWave } from "./wave";

const MAX_SECONDS = 300;

/** Whether this browser lets this page record; over plain http no browser does. */
export const canRecord = (): boolean => "mediaDevices" in navigator && "MediaRecorder" in window;

/**
 * Records sound or film in a dialog with a running clock; null when the user closes it.
 *
 * Sound comes as WAV, which every library reads; film as the browser makes it. Rejects when there is no device or no leave.
 */
export async function record(kind: "audio" | "video"): Promise<File | null> {
  const data = await withDevice({ audio: true, video: kind === "video" }, (stream) => recordStream(stream, kind));
  if (!data) return null;
  if (kind === "audio") return new File([await toWave(data)], "recording.wav", { type: "audio/wav" });
  const extension = data.type.includes("mp4") ? "mp4" : "webm";
  return new File([data], `recording.${extension}`, { type: `video/${extension}` });
}

async function recordStream(stream: MediaStream, kind: "audio" | "video"): Promise<Blob | null> {
  const recorder = new MediaRecorder(stream);
  const pieces: Blob[] = [];
  recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
  const ended = new Promise((resolve) => recorder.addEventListener("stop", resolve, { once: true }));
  recorder.start();
  const clock = h("span", { class: "record-clock num", role: "timer" }, "0:00");
  const opened = openDialog(
    kind === "audio" ? t("Recording sound") : t("Recording video"),
    [
      kind === "video" ? mirror(stream) : null,
      h("p", { class: "record-line" }, h("span", { class: "record-dot", "aria-hidden": "true" }), t("Recording"), clock),
    ],
    [dialogButton("no", "btn-plain", t("Cancel")), stopButton()],
  );
  const started = Date.now();
  const ticking = setInterval(() => {
    const seconds = Math.floor((Date.now() - started) / 1000);
    clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (seconds >= MAX_SECONDS) opened.close("yes");
  }, 250);
  const answer = await opened.answer;
  clearInterval(ticking);
  if (recorder.state !== "inactive") recorder.stop(); // it ends by itself when its device is pulled out
  await ended;
  return answer === "yes" ? new Blob(pieces, { type: recorder.mimeType }) : null;
}

function mirror(stream: MediaStream): HTMLVideoElement {
  const view = h("video", { class: "camera-view", autoplay: true, playsinline: true });
  view.muted = true;
  view.srcObject = stream;
  return view;
}

function stopButton(): HTMLButtonElement {
  const button = dialogButton("yes", "btn-primary", icon("terminated"), t("Stop and use"));
  button.autofocus = true;
  return button;
}
