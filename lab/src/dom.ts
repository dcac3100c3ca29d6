/** Making elements without HTML text, so that nothing a user typed can become markup. */

/** An element with these properties and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

/** A button that looks like a link, for what stands inside a sentence. */
export function linkButton(label: string, onClick: () => void): HTMLButtonElement {
  const node = element("button", { type: "button", className: "openmo-Deploy-link-button", textContent: label });
  node.addEventListener("click", onClick);
  return node;
}

/** A button in JupyterLab's own style; `primary` marks what most people want next. */
export function button(label: string, onClick: () => void, options: { primary?: boolean } = {}): HTMLButtonElement {
  const style = options.primary ? "jp-mod-styled jp-mod-accept" : "jp-mod-styled jp-mod-reject";
  const node = element("button", { type: "button", className: style, textContent: label });
  node.addEventListener("click", onClick);
  return node;
}
