/** Opens the platform's pages in a browser tab of their own. */

/** Opens `url` unless it is something else than a web page: an address comes from the network, so it may say anything. */
export function openPage(url: string): void {
  if (isWebPage(url, window.location.href)) {
    window.open(url, "_blank", "noopener");
  }
}

/** Whether `url`, read relative to `base`, is an http or https address. */
export function isWebPage(url: string, base: string): boolean {
  return url !== "" && URL.canParse(url, base) && /^https?:$/.test(new URL(url, base).protocol);
}
