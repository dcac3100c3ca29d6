// JupyterHub's pages carry their texts in both languages; this says which to show, before they are drawn.
import { forgetForOthers } from "./ui/reader";

const cookie = /(?:^|;\s*)openmo-language=([\w-]+)/.exec(document.cookie)?.[1];
const language = [cookie, ...navigator.languages].find((tag) => tag && /^(en|zh)\b/i.test(tag)) ?? "en";
document.documentElement.lang = language.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
document.documentElement.classList.add("hub-page");

document.addEventListener("DOMContentLoaded", () => {
  forgetForOthers(document.querySelector<HTMLMetaElement>("meta[name=reader]")?.content ?? "");
});
