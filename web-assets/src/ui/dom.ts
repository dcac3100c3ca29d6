const SVG = "http://www.w3.org/2000/svg";

/** A drawing of the icon sheet; its address is the one that the page itself uses, digest included. */
export function icon(name: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  const sheet = document.querySelector("svg.icon use")?.getAttribute("href")?.split("#")[0] ?? "/static/dist/icons.svg";
  use.setAttribute("href", `${sheet}#${name}`);
  svg.append(use);
  return svg;
}

/** The first element of that kind; a page without it is a bug, so it throws. */
export function need<T extends Element>(root: ParentNode, selector: string): T {
  const found = root.querySelector<T>(selector);
  if (!found) throw new Error(`The page lacks ${selector}.`);
  return found;
}

/** The JSON of a data block in the page. */
export function pageData<T>(id: string): T | null {
  const text = document.getElementById(id)?.textContent;
  return text ? (JSON.parse(text) as T) : null;
}
