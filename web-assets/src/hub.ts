// JupyterHub's pages carry their texts in both languages; this says which to show, before they are drawn.
import { agoText } from "./hub/ago";
import { keepEarlyToken } from "./hub/early-token";
import { installMenus } from "./ui/menus";
import { forgetForOthers } from "./ui/reader";

const cookie = /(?:^|;\s*)openmo-language=([\w-]+)/.exec(document.cookie)?.[1];
const wanted = [cookie, ...navigator.languages].find((tag) => tag && /^(en|zh)\b/i.test(tag)) ?? "en";
const language = wanted.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
const page = document.documentElement;
page.lang = language;
page.classList.add("hub-page");
page.classList.toggle("link-used", new URLSearchParams(location.search).has("expired"));

/** What cannot hold both languages: options, placeholders, moments, and the way back of a change of language. */
function speak(): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-language]")) {
    link.search = new URLSearchParams({ back: location.pathname + location.search }).toString();
    if (link.dataset.language === language) link.setAttribute("aria-current", "true");
  }
  for (const each of document.querySelectorAll<HTMLTimeElement>("time[data-ago]")) {
    each.title = each.dateTime;
    each.textContent = agoText(new Date(each.dateTime), new Date(), language);
  }
  if (language === "en") return;
  for (const each of document.querySelectorAll<HTMLElement>("[data-zh]")) each.textContent = each.dataset.zh ?? "";
  for (const each of document.querySelectorAll<HTMLInputElement>("[data-placeholder-zh]")) {
    each.placeholder = each.dataset.placeholderZh ?? "";
  }
}

/** JupyterHub's script tells by a class alone that a server did not start; the same address then says why. */
function watchStart(): void {
  const bar = document.getElementById("progress-bar");
  if (!bar) return;
  const watch = new MutationObserver(() => {
    if (!bar.classList.contains("bg-danger")) return;
    watch.disconnect();
    location.reload();
  });
  watch.observe(bar, { attributeFilter: ["class"] });
}

document.addEventListener("DOMContentLoaded", () => {
  forgetForOthers(document.querySelector<HTMLMetaElement>("meta[name=reader]")?.content ?? "");
  speak();
});
document.addEventListener("DOMContentLoaded", watchStart);
installMenus();
keepEarlyToken();
