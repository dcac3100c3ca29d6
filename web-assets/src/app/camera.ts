import { h } from "../ui/dom";
import { t } from "../ui/texts";

/** A photo from the camera, in a dialog; null when the user closes it. Rejects when there is no camera or no leave. */
export async function takePhoto(): Promise<File | null> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  const view = h("video", { class: "camera-view", autoplay: true, playsinline: true, muted: true });
  view.srcObject = stream;
  const dialog = h(
    "dialog",
    { class: "dialog", "aria-label": t("Camera") },
    h(
      "form",
      { method: "dialog" },
      view,
      h(
        "div",
        { class: "dialog-actions" },
        h("button", { class: "btn btn-plain", value: "no" }, t("Cancel")),
        h("button", { class: "btn btn-primary", value: "yes" }, t("Take photo")),
      ),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      const photo = dialog.returnValue === "yes" ? still(view) : Promise.resolve(null);
      void photo.then((file) => {
        for (const track of stream.getTracks()) track.stop();
        dialog.remove();
        resolve(file);
      });
    });
  });
}

function still(view: HTMLVideoElement): Promise<File | null> {
  const canvas = h("canvas");
  canvas.width = view.videoWidth;
  canvas.height = view.videoHeight;
  canvas.getContext("2d")?.drawImage(view, 0, 0);
  return new Promise((resolve) => {
    canvas.toBlob((blob) => resolve(blob && new File([blob], "photo.jpg", { type: "image/jpeg" })), "image/jpeg", 0.92);
  });
}
