import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { Notification } from "@jupyterlab/apputils";
import { IStateDB } from "@jupyterlab/statedb";
import { ITranslator, nullTranslator, type TranslationBundle } from "@jupyterlab/translation";
import { type ISignal, Signal } from "@lumino/signaling";
import { notificationPermission, showNotification } from "@openmo/shared/browser-notifications";

import { endingLevel, endingText, endingsText } from "../jobWording";
import type { EndedJob } from "../jobs";
import { IJobNotices, IJobTabs, IJobs, TRANSLATION_DOMAIN } from "../tokens";

const KEY = "openmo:browser-notices";
/** What went as it should leaves by itself; the bell in the status bar keeps it. What failed stays until it is closed. */
const LEAVES_AFTER_MS = 8_000;
/** More endings at once than this are reported in one sentence. */
const MAX_SINGLE_NOTICES = 3;

/** Tells when a job of this project ends, also one created on the web page or by the command line. */
export const notices: JupyterFrontEndPlugin<IJobNotices> = {
  id: "@openmo/lab:notices",
  description: "Notices about jobs that end.",
  autoStart: true,
  provides: IJobNotices,
  requires: [IJobs, IJobTabs],
  optional: [ITranslator, IStateDB],
  activate: (
    _app: JupyterFrontEnd,
    jobs: IJobs,
    tabs: IJobTabs,
    translator: ITranslator | null,
    state: IStateDB | null,
  ): IJobNotices => {
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    const browser = new BrowserNotices(state);
    jobs.ended.connect((_, ended) => {
      if (ended.length > MAX_SINGLE_NOTICES) {
        Notification.emit(endingsText(ended, trans), endingLevel(ended), { autoClose: staysFor(ended) });
        browser.show(endingsText(ended, trans), "openmo-jobs");
        return;
      }
      for (const job of ended) {
        notify(job, tabs, trans);
        browser.show(endingText(job, trans), job.id);
      }
    });
    return browser;
  },
};

function staysFor(ended: readonly EndedJob[]): number | false {
  return endingLevel(ended) === "error" ? false : LEAVES_AFTER_MS;
}

function notify(job: EndedJob, tabs: IJobTabs, trans: TranslationBundle): void {
  Notification.emit(endingText(job, trans), endingLevel([job]), {
    autoClose: staysFor([job]),
    actions: [
      { label: trans.__("Open log"), callback: () => { tabs.open(job, "log"); } },
      { label: trans.__("Open charts"), callback: () => { tabs.open(job, "charts"); } },
    ],
  });
}

/** Notifications of the browser, shown while JupyterLab is not what the user looks at. */
class BrowserNotices implements IJobNotices {
  private enabled = false;
  private readonly changedSignal = new Signal<IJobNotices, void>(this);

  constructor(private readonly state: IStateDB | null) {
    void state?.fetch(KEY).then((value) => {
      this.enabled = value === true;
      this.changedSignal.emit();
    });
  }

  get changed(): ISignal<IJobNotices, void> {
    return this.changedSignal;
  }

  get browserNotices(): IJobNotices["browserNotices"] {
    const permission = notificationPermission();
    if (permission === "missing" || permission === "denied") {
      return permission;
    }
    return this.enabled && permission === "granted" ? "on" : "off";
  }

  async toggle(): Promise<void> {
    const before = this.browserNotices;
    if (before === "on") {
      this.enabled = false;
    } else if (before === "off") {
      this.enabled = (await window.Notification.requestPermission()) === "granted";
    }
    await this.state?.save(KEY, this.enabled);
    this.changedSignal.emit();
  }

  show(text: string, tag: string): void {
    if (this.browserNotices !== "on" || (document.visibilityState === "visible" && document.hasFocus())) {
      return;
    }
    showNotification("OpenMo", { body: text, tag }, () => { window.focus(); });
  }
}
