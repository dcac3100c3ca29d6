import { UploadPage } from "./upload/page";

const root = document.querySelector<HTMLElement>("[data-upload]");
if (root) void new UploadPage(root).start();
