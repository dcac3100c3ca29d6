import { ILabShell, ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ICommandPalette, WidgetTracker } from "@jupyterlab/apputils";
import { IEditorTracker } from "@jupyterlab/fileeditor";
import { INotebookTracker } from "@jupyterlab/notebook";
import { ITranslator, nullTranslator, type TranslationBundle } from "@jupyterlab/translation";

import { modulesIcon } from "../icons";
import { OpenDocuments } from "../modules/documents";
import { ModuleImports } from "../modules/imports";
import { insertCall } from "../modules/insertion";
import { LastNotebook } from "../modules/notebook";
import { kernelInstaller } from "../modules/packages";
import { ModuleSearch } from "../modules/search";
import type { ModuleReference } from "../modules/values";
import { IJobTabs, IJobs, IPlatform, TRANSLATION_DOMAIN } from "../tokens";
import { ModulesPanel } from "../widgets/modules/panel";
import { ImportTalk } from "../widgets/modules/talk";
import { type IModuleActions, ModuleTab } from "../widgets/modules/tab";

const SHOW = "openmo:modules";
const OPEN = "openmo:open-module";
const RANK = 630;
/** In an address of JupyterLab: the module whose tab is to be opened, `owner/name/version`. */
const ADDRESSED = "openmo-module";
/** Narrower windows have no room for a module beside the notebook. */
const BESIDE_PX = 900;
/** Narrower ones have none for a module beside the panel. */
const NARROW_PX = 600;

/** The *Modules* panel at the left: other people's algorithms, from a search to code in the notebook. */
export const modules: JupyterFrontEndPlugin<void> = {
  id: "@openmo/lab:modules",
  description: "Finds modules and inserts code that calls them.",
  autoStart: true,
  requires: [ILabShell, INotebookTracker, IEditorTracker, IPlatform, IJobs, IJobTabs],
  optional: [ITranslator, ICommandPalette, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    shell: ILabShell,
    notebooks: INotebookTracker,
    editors: IEditorTracker,
    platform: IPlatform,
    jobs: IJobs,
    jobTabs: IJobTabs,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
  ): void => {
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    const notebook = new LastNotebook(notebooks, trans, (id) => { shell.activateById(id); });
    const search = new ModuleSearch((query, after) => platform.modules(query, after));
    const imports = new ModuleImports(platform, new OpenDocuments([notebooks, editors], trans), new ImportTalk(trans));
    imports.changed.connect(() => void search.refresh());
    const tabs = new ModuleTabs(shell, platform, trans, imports, {
      ...calls(platform, notebook, imports, jobs, jobTabs),
      install: kernelInstaller(app.serviceManager.kernels, trans.__("The packages could not be installed.")),
      changed: () => void search.refresh(),
    });
    const panel = new ModulesPanel({ search, trans, imports, open: ({ owner, name, version }) => { tabs.open({ owner, name, version }); } });
    shell.add(panel, "left", { rank: RANK, type: "OpenMo" });
    restorer?.add(panel, panel.id);
    app.commands.addCommand(SHOW, {
      label: trans.__("Find Modules"),
      caption: trans.__("Find a module and insert code that calls it"),
      icon: modulesIcon,
      execute: () => { shell.activateById(panel.id); },
    });
    app.commands.addCommand(OPEN, {
      execute: ({ owner, name, version }) => {
        if (typeof owner === "string" && typeof name === "string") {
          tabs.show({ owner, name, version: typeof version === "string" ? version : "" });
        }
      },
    });
    palette?.addItem({ command: SHOW, category: "OpenMo" });
    void app.restored.then(() => { openAddressed(tabs); });
    void restorer?.restore(tabs.tracker, {
      command: OPEN,
      args: ({ module }) => ({ ...module }),
      name: (tab) => tab.id,
    });
  },
};

/** What a call becomes: code in the notebook, or a job whose log is opened. */
function calls(
  platform: IPlatform, notebook: LastNotebook, imports: ModuleImports, jobs: IJobs, tabs: IJobTabs,
): Omit<IModuleActions, "install" | "changed"> {
  return {
    insert: async (call) => {
      const name = await insertCall(platform, notebook, call);
      imports.tellChanged();
      return name;
    },
    showNotebook: () => { notebook.reveal(); },
    submit: async (call) => {
      const job = await platform.moduleJob(call);
      jobs.put(job);
      imports.tellChanged();
      tabs.open(job, "log", { after: ModuleTab.idOf(call.module) });
      return job;
    },
    openJob: (job, module) => { tabs.open(job, "log", { after: ModuleTab.idOf(module) }); },
  };
}

/** Opens the module that the page's address names, once: a reload, or a copy of the address, opens it no more. */
function openAddressed(tabs: ModuleTabs): void {
  const address = new URL(window.location.href);
  const [owner, name, version] = (address.searchParams.get(ADDRESSED) ?? "").split("/");
  address.searchParams.delete(ADDRESSED);
  if (owner && name) {
    window.history.replaceState(window.history.state, "", address);
    tabs.open({ owner, name, version: version ?? "" });
  }
}

/** Modules as tabs beside the notebook, one for each; they are there again after a reload. */
class ModuleTabs {
  readonly tracker = new WidgetTracker<ModuleTab>({ namespace: "openmo-modules" });

  constructor(
    private readonly shell: ILabShell,
    private readonly platform: IPlatform,
    private readonly trans: TranslationBundle,
    private readonly imports: ModuleImports,
    private readonly actions: IModuleActions,
  ) {}

  /** Opens the module, or brings it to the front where it is open. */
  open(module: ModuleReference): void {
    this.show(module);
    if (this.shell.node.clientWidth < NARROW_PX) {
      this.shell.collapseLeft();
    }
    this.shell.activateById(ModuleTab.idOf(module));
  }

  /** As `open`, without taking the focus. */
  show(module: ModuleReference): void {
    if (this.tracker.find((tab) => tab.id === ModuleTab.idOf(module)) !== undefined) {
      return;
    }
    const { platform, trans, actions, imports } = this;
    const tab = new ModuleTab(module, { platform, trans, actions, imports });
    const neighbour = this.tracker.currentWidget?.id ?? null;
    void this.tracker.add(tab);
    const isWide = this.shell.node.clientWidth >= BESIDE_PX;
    this.shell.add(tab, "main", { mode: neighbour === null && isWide ? "split-right" : "tab-after", ref: neighbour });
  }
}
