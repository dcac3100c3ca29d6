import { ILabShell, ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ICommandPalette, type IFrame, type MainAreaWidget, Notification, showErrorMessage } from "@jupyterlab/apputils";
import { INotebookTracker } from "@jupyterlab/notebook";
import { ITranslator, nullTranslator, type TranslationBundle } from "@jupyterlab/translation";
import { messageOf } from "@openmo/shared/problems";

import { DraftStore } from "../deployDraft";
import type { DeployFlow } from "../deployFlow";
import { embedded, mayFrame } from "../framing";
import { deployIcon } from "../icons";
import { languageTag } from "../language";
import { NotebookSide } from "../notebookSide";
import { openPage } from "../pages";
import { makesModule } from "../projectKind";
import { IPlatform, TRANSLATION_DOMAIN } from "../tokens";
import { appPage } from "../widgets/appPage";
import { DeployPanel } from "../widgets/deploy/panel";

const OPEN = "openmo:deploy";
const INSERT = "openmo:insert-handle";
const RANK = 650;

/** The *Deploy* panel at the left: from cells to a live app. */
export const deploy: JupyterFrontEndPlugin<void> = {
  id: "@openmo/lab:deploy",
  description: "Turns a notebook's cells into an app and publishes it.",
  autoStart: true,
  requires: [ILabShell, INotebookTracker, IPlatform],
  optional: [ITranslator, ICommandPalette, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    shell: ILabShell,
    notebooks: INotebookTracker,
    platform: IPlatform,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
  ): void => {
    if (makesModule()) {
      return; // it has the panel *Publish* in this place
    }
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    const notebook = new NotebookSide(notebooks, trans);
    const pages = new AppPages(shell);
    const test = (page: string): void => { pages.show(page, trans.__("Test the app"), alone(page, "app", languageTag(translator))); };
    const showCalls = (page: string): void => { pages.show(page, trans.__("Calls of the app"), alone(page, "calls", languageTag(translator))); };
    const onDeployed = (flow: DeployFlow): void => { announce(flow, test, trans); };
    const drafts = new DraftStore(window.sessionStorage, app.serviceManager.serverSettings.baseUrl);
    const panel = new DeployPanel({ platform, notebook, trans, test, showCalls, drafts, onDeployed });
    shell.add(panel, "left", { rank: RANK, type: "OpenMo" });
    restorer?.add(panel, panel.id);
    void app.restored.then(async () => {
      if (await panel.resume()) {
        shell.activateById(panel.id); // the layout is saved a moment after it changes, so it may not know the panel yet
      }
    });
    app.commands.addCommand(OPEN, {
      label: trans.__("Deploy as App"),
      caption: trans.__("Turn cells of the notebook into an app and publish it"),
      icon: deployIcon,
      execute: () => { shell.activateById(panel.id); },
    });
    app.commands.addCommand(INSERT, {
      label: trans.__("Insert handle function"),
      caption: trans.__("Put a template of the function that an app runs into the selected cell"),
      isEnabled: () => notebooks.currentWidget !== null,
      execute: async () => {
        try {
          await notebook.insertHandle();
        } catch (reason) {
          await showErrorMessage(trans.__("Cannot insert the function"), messageOf(reason));
        }
      },
    });
    notebooks.currentChanged.connect(() => { app.commands.notifyCommandChanged(INSERT); });
    for (const command of [OPEN, INSERT]) {
      palette?.addItem({ command, category: "OpenMo" });
    }
  },
};

/** The app's pages beside the notebook: one tab for each, all in one place; in the browser where they refuse to be framed. */
class AppPages {
  private readonly open = new Map<string, MainAreaWidget<IFrame>>();

  constructor(private readonly shell: ILabShell) {}

  /** `address`: at which the page is loaded here. */
  show(page: string, label: string, address: string): void {
    if (!mayFrame(page, window.location.href)) {
      openPage(page);
      return;
    }
    const known = this.open.get(page);
    if (known === undefined) {
      this.add(page, label, address);
    } else {
      known.content.url = address; // loads it anew: another release may answer by now
      this.shell.activateById(known.id);
    }
  }

  private add(page: string, label: string, address: string): void {
    const [beside] = this.open.values();
    const widget = appPage(address, label);
    this.open.set(page, widget);
    widget.disposed.connect(() => this.open.delete(page));
    this.shell.add(widget, "main", beside ? { mode: "tab-after", ref: beside.id } : { mode: "split-right" });
    this.shell.activateById(widget.id);
  }
}

/** A part of the page without the site around it, in JupyterLab's look and language. */
function alone(page: string, part: "app" | "calls", language: string): string {
  const theme = document.body.dataset.jpThemeLight === "false" ? "dark" : "light";
  return embedded(page, { part, theme, language }, window.location.href);
}

function announce(flow: DeployFlow, test: (page: string) => void, trans: TranslationBundle): void {
  const release = flow.released;
  if (release !== null) {
    const text = release.channel === "dev"
      ? trans.__("Your development version is ready.")
      : trans.__("The app is live: version %1.", release.version);
    Notification.success(text, {
      autoClose: 10_000,
      actions: [
        { label: trans.__("Test"), callback: () => { test(release.page); } },
        { label: trans.__("Open page"), displayType: "link", callback: () => { openPage(release.page); } },
      ],
    });
  }
}
