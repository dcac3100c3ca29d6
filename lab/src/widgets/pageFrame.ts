import type { TranslationBundle } from "@jupyterlab/translation";
import { Widget } from "@lumino/widgets";
import { h } from "@openmo/shared/dom";

import { button } from "../buttons";
import { FrameBudget, signInFor } from "../framing";
import { openPage } from "../pages";

const MAX_LOADED = 3;
const BLANK = "about:blank";
const budget = new FrameBudget<PageFrame>(MAX_LOADED);

/**
 * A page of the platform inside JupyterLab, loaded once it is looked at.
 *
 * The platform's pages have a session of their own. Where it is missing, the frame signs in through the Hub by itself;
 * where the Hub asks who the user is, which it does not do inside a frame, a sentence and a button stand in its place.
 */
export class PageFrame extends Widget {
  private readonly frame = h("iframe", { class: "openmo-PageFrame-frame" });
  private readonly notice = h("div", { class: "openmo-PageFrame-notice", hidden: true });
  private triedSignIn = false;
  private isWaitingForSignIn = false;

  /** `address` is called each time the page is loaded. */
  constructor(
    private readonly address: () => string,
    label: string,
    private readonly trans: TranslationBundle,
  ) {
    super();
    this.addClass("openmo-PageFrame");
    this.frame.title = label;
    // Without "allow-top-navigation": no link inside can take JupyterLab away.
    for (const right of ["same-origin", "scripts", "forms", "downloads", "modals", "popups", "popups-to-escape-sandbox"]) {
      this.frame.sandbox.add(`allow-${right}`);
    }
    this.frame.referrerPolicy = "same-origin";
    this.frame.addEventListener("load", () => { this.onLoad(); });
    this.node.append(this.frame, this.notice);
  }

  /** Loads the page if it is looked at, else once it is. */
  reload(): void {
    this.unload();
    this.triedSignIn = false;
    this.showNotice(false);
    this.loadIfVisible();
  }

  /** Lets go of the page and its connections; it is loaded again when it is looked at. */
  unload(): void {
    budget.drop(this);
    this.frame.src = BLANK;
    delete this.frame.dataset.loaded;
  }

  override dispose(): void {
    budget.drop(this);
    window.removeEventListener("focus", this.onFocus);
    super.dispose();
  }

  protected override onAfterAttach(): void {
    window.addEventListener("focus", this.onFocus);
    this.loadIfVisible();
  }

  protected override onBeforeDetach(): void {
    window.removeEventListener("focus", this.onFocus);
  }

  protected override onAfterShow(): void {
    this.loadIfVisible();
  }

  protected override onActivateRequest(): void {
    this.frame.focus();
  }

  private loadIfVisible(): void {
    if (!this.isVisible) {
      return;
    }
    budget.use(this);
    if (this.frame.dataset.loaded === undefined) {
      this.frame.dataset.loaded = "yes";
      this.frame.src = this.address();
    }
  }

  private onLoad(): void {
    if (this.frame.dataset.loaded === undefined) {
      return;
    }
    const page = this.frameDocument();
    if (page?.querySelector("meta[name=signed-in]")?.getAttribute("content") === "yes") {
      this.showNotice(false);
    } else if (!this.triedSignIn) {
      this.triedSignIn = true;
      this.frame.src = signInFor(new URL(this.address(), window.location.href).href);
    } else {
      this.showNotice(true);
    }
  }

  /** Null where the browser refused to show what came, which is what the Hub's sign-in page asks it to do. */
  private frameDocument(): Document | null {
    try {
      return this.frame.contentDocument;
    } catch {
      return null;
    }
  }

  private showNotice(shown: boolean): void {
    this.isWaitingForSignIn = shown;
    this.frame.hidden = shown;
    this.notice.hidden = !shown;
    if (shown) {
      const signIn = signInFor(new URL(this.address(), window.location.href).href);
      this.notice.replaceChildren(
        h("p", {}, this.trans.__("Sign in to OpenMo to see this here.")),
        button(this.trans.__("Sign in"), () => { openPage(signIn); }, { primary: true }),
        button(this.trans.__("Try again"), () => { this.reload(); }),
      );
    }
  }

  /** Back from the tab in which the user signed in. */
  private readonly onFocus = (): void => {
    if (this.isWaitingForSignIn) {
      this.reload();
    }
  };
}
