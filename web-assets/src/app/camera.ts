import { h } from "@openmo/shared/dom";
import { dialogButton, openDialog } from "../ui/dialog";
import { t } from "../ui/texts";
import { withDevice } from "./devices";

/** A photo from the camera, in a dialog; null when the user closes it. Rejects when there is no camera or no leave. */
export function takePhoto(): Promise<File | null> {
  return withDevice({ video: { facingMode: "environment" } }, async (stream) => {
    const view = h("video", { class: "camera-view", autoplay: true, playsinline: true, muted: true });
    view.srcObject = stream;
    const buttons = [dialogButton("no", "btn-plain", t("Cancel")), dialogButton("yes", "btn-primary", t("Take photo"))];
    return (await openDialog(t("Camera"), [view], buttons).answer) === "yes" ? still(view) : null;
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
