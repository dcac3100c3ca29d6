import type { TranslationBundle } from "@jupyterlab/translation";

/** What leads somewhere from any page; anything else would be taken for an address of JupyterLab's own server. */
const ABSOLUTE = /^(?:https?:|mailto:)/i;

/**
 * Links of a README as they work here: those into the web open beside JupyterLab, those to files of the module become
 * text, as does a picture among its files.
 */
export function settleLinks(readme: HTMLElement, trans: TranslationBundle): void {
  for (const link of readme.querySelectorAll("a")) {
    const address = link.getAttribute("href") ?? "";
    if (ABSOLUTE.test(address)) {
      link.target = "_blank";
      link.rel = "noopener";
    } else {
      link.replaceWith(textFor(address, trans, ...link.childNodes));
    }
  }
  for (const picture of readme.querySelectorAll("img")) {
    const address = picture.getAttribute("src") ?? "";
    if (!ABSOLUTE.test(address)) {
      picture.replaceWith(textFor(address, trans, picture.alt === "" ? address : picture.alt));
    }
  }
}

/** The name of a file shows where one points at it; a place in the README itself, or at no certain host, has none. */
function textFor(address: string, trans: TranslationBundle, ...content: (Node | string)[]): HTMLElement {
  const text = document.createElement("span");
  text.append(...content);
  if (address !== "" && !/^(?:#|\/\/)/.test(address)) {
    text.title = trans.__("A file of the module: %1", address);
  }
  return text;
}
