/** Which pages may be shown inside JupyterLab, and at which address. */

/** How a frame wants a part of a page. */
export interface EmbedOptions {
  readonly part: string;
  readonly theme: "light" | "dark" | "";
  /** A language tag; empty: as the pages are read. */
  readonly language: string;
}

/** Whether a page may be shown inside JupyterLab: pages of another origin refuse to be framed. */
export function mayFrame(page: string, base: string): boolean {
  return URL.canParse(page, base) && new URL(page, base).origin === new URL(base).origin;
}

/** The address of one part of the page, without what else stands on it. */
export function embedded(page: string, options: EmbedOptions, base: string): string {
  const url = new URL(page, base);
  url.searchParams.set("embed", options.part);
  if (options.theme !== "") {
    url.searchParams.set("theme", options.theme);
  }
  if (options.language !== "") {
    url.searchParams.set("lang", options.language);
  }
  return url.href;
}

/** Where signing in starts for a page, coming back to it; the Hub usually knows the user and signs in silently. */
export function signInFor(page: string): string {
  const url = new URL(page);
  return `${url.origin}/sign-in?next=${encodeURIComponent(url.pathname + url.search)}`;
}

/** Keeps few frames loaded: each may hold a connection of the few that a browser opens to one host. */
export class FrameBudget<T extends { readonly isVisible: boolean; unload(): void }> {
  private loaded: T[] = [];

  constructor(private readonly max: number) {}

  /** `frame` was loaded or looked at; the one that was not looked at for longest may have to go. */
  use(frame: T): void {
    this.loaded = [...this.loaded.filter((each) => each !== frame), frame];
    while (this.loaded.length > this.max) {
      const oldest = this.loaded.find((each) => each !== frame && !each.isVisible);
      if (oldest === undefined) {
        return;
      }
      this.drop(oldest);
      oldest.unload();
    }
  }

  /** The frame is gone. */
  drop(frame: T): void {
    this.loaded = this.loaded.filter((each) => each !== frame);
  }
}
