import { ConnectionLost, IConnectionLost, type JupyterFrontEnd, type JupyterFrontEndPlugin } from "@jupyterlab/application";
import { Dialog, showDialog } from "@jupyterlab/apputils";
import { PageConfig, URLExt } from "@jupyterlab/coreutils";
import { INotebookTracker, type NotebookPanel } from "@jupyterlab/notebook";
import { ITranslator, nullTranslator, type TranslationBundle } from "@jupyterlab/translation";

import { ProjectWatch } from "../projectWatch";
import { IJobs, IPlatform, TRANSLATION_DOMAIN } from "../tokens";

/** Deleting a project stops its server first: so long after that it surely is gone. */
const DELETING_MS = 4_000;

/**
 * Says what has become of the notebook server: that the project was deleted elsewhere, or that its JupyterLab was
 * stopped. JupyterHub's own dialog, whose place this takes, offers to restart the server of a project that is gone.
 */
export const projectGone: JupyterFrontEndPlugin<IConnectionLost> = {
  id: "@openmo/lab:project-gone",
  description: "Tells when the project was deleted or its JupyterLab was stopped.",
  autoStart: true,
  provides: IConnectionLost,
  requires: [IPlatform, IJobs, INotebookTracker],
  optional: [ITranslator],
  activate: (
    _app: JupyterFrontEnd,
    platform: IPlatform,
    jobs: IJobs,
    notebooks: INotebookTracker,
    translator: ITranslator | null,
  ): IConnectionLost => {
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    let watch: ProjectWatch | null = null;
    const look = (): void => { void watch?.look(); };
    platform.project().then(({ project, url }) => {
      watch = new ProjectWatch(project, () => { void tellGone(project, url, trans); });
      jobs.changed.connect(() => {
        if (jobs.error !== "") {
          look();
        }
      });
      notebooks.forEach((panel) => { follow(panel, look); });
      notebooks.widgetAdded.connect((_, panel) => { follow(panel, look); });
    }, () => undefined); // no platform: nothing can be deleted
    let isTelling = false;
    return async (manager, error, other) => {
      if (watch === null) {
        return ConnectionLost(manager, error, other);
      }
      if (isTelling) {
        return;
      }
      isTelling = true;
      await new Promise((resolve) => { window.setTimeout(resolve, DELETING_MS); });
      await watch.look();
      if (!watch.isGone) {
        await tellStopped(trans);
      }
      isTelling = false;
    };
  },
};

/** Looks when saving fails or the kernel is lost: often the first that one sees of it. */
function follow(panel: NotebookPanel, look: () => void): void {
  panel.context.saveState.connect((_, state) => {
    if (state === "failed") {
      look();
    }
  });
  panel.sessionContext.connectionStatusChanged.connect((_, status) => {
    if (status !== "connected") {
      look();
    }
  });
}

async function tellGone(project: string, url: string, trans: TranslationBundle): Promise<void> {
  const answer = await showDialog({
    title: trans.__("This project was deleted"),
    body: trans.__(
      "%1 was deleted, perhaps in another window. What you see here is no longer on the server and cannot be saved or run: copy what you still need.",
      project,
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__("Stay here") }),
      Dialog.okButton({ label: trans.__("To the workspace") }),
    ],
  });
  if (answer.button.accept) {
    window.location.assign(new URL("/workspace", new URL(url, window.location.href)));
  }
}

async function tellStopped(trans: TranslationBundle): Promise<void> {
  const answer = await showDialog({
    title: trans.__("JupyterLab was stopped"),
    body: trans.__("This project's JupyterLab does not answer: it was stopped, perhaps because nobody used it for a while. What is saved is safe."),
    buttons: [
      Dialog.cancelButton({ label: trans.__("Stay here") }),
      Dialog.okButton({ label: trans.__("Open it again") }),
    ],
  });
  if (answer.button.accept) {
    const [prefix, user, server] = ["hubPrefix", "hubUser", "hubServerName"].map((name) => PageConfig.getOption(name));
    window.location.assign(URLExt.join(PageConfig.getOption("hubHost"), prefix ?? "", "spawn", user ?? "", server ?? ""));
  }
}
