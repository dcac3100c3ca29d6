const SELECTOR = ".prose pre, .prose table, .code-block pre, .cell pre, .source, .outputs, .tabs";

/** What scrolls sideways can be reached by the keyboard, too; what fits is no stop on the way. */
export function installScrollable(): void {
  const mark = (): void => {
    for (const each of document.querySelectorAll<HTMLElement>(SELECTOR)) {
      const isTabs = each.matches(".tabs"); // its links are stops already, and it scrolls sideways alone
      const scrolls = each.scrollWidth > each.clientWidth || (!isTabs && each.scrollHeight > each.clientHeight);
      if (scrolls && !isTabs) each.tabIndex = 0;
      each.classList.toggle("scrolls", scrolls);
    }
  };
  mark();
  window.addEventListener("resize", mark);
  document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
}
