import { MainAreaWidget, Sanitizer } from "@jupyterlab/apputils";
import type { TranslationBundle } from "@jupyterlab/translation";
import { Widget } from "@lumino/widgets";
import { h } from "@openmo/shared/dom";
import { messageOf } from "@openmo/shared/problems";
import type { ModuleDetails, ModuleVersionView } from "@openmo/shared/rest-api";
import { sizeText } from "@openmo/shared/sizes";

import { button, linkButton } from "../../buttons";
import { modulesIcon, starIcon } from "../../icons";
import type { Job } from "../../jobs";
import type { ModuleImports } from "../../modules/imports";
import type { Installer } from "../../modules/packages";
import type { ModuleCall, ModuleReference } from "../../modules/values";
import { openPage } from "../../pages";
import type { IPlatform } from "../../tokens";
import { iconButton } from "../jobs/row";
import { importLines } from "./importBar";
import { MethodForm } from "./methodForm";
import { PackageChoice } from "./packages";
import { settleLinks } from "./readme";
import { ModuleUses } from "./uses";
import { categoryText, kindText } from "./wording";

/** What the tab can have done. */
export interface IModuleActions {
  /** Puts a call into the notebook; resolves to the notebook's name. */
  insert(call: ModuleCall): Promise<string>;
  showNotebook(): void;
  /** Runs a call as a job and opens its log. */
  submit(call: ModuleCall): Promise<Job>;
  openJob(job: Pick<Job, "number" | "name" | "url">, module: ModuleReference): void;
  readonly install: Installer;
  /** What lists show of the module has changed. */
  changed(): void;
}

interface IOptions {
  readonly platform: Pick<
    IPlatform, "module" | "moduleVersion" | "moduleCode" | "setFavourite" | "moduleImports" | "moduleUsers" | "moduleJobs"
  >;
  readonly actions: IModuleActions;
  readonly imports: ModuleImports;
  readonly trans: TranslationBundle;
}

/** One module: what it is, what its methods take and give, and the code that calls them. */
export class ModuleTab extends MainAreaWidget<ModuleContent> {
  constructor(readonly module: ModuleReference, options: IOptions) {
    super({ content: new ModuleContent(module, options) });
    this.id = ModuleTab.idOf(module);
    this.title.label = module.name;
    this.title.caption = `${module.owner}/${module.name}`;
    this.title.icon = modulesIcon;
    this.title.closable = true;
    this.toolbar.hide();
  }

  static idOf(module: ModuleReference): string {
    return `openmo-module-${module.owner}-${module.name}`;
  }
}

class ModuleContent extends Widget {
  private readonly sanitizer = new Sanitizer();
  private readonly body = h("div", { class: "openmo-Module-body" });
  private readonly imported = h("div", { class: "openmo-Module-imported", hidden: true });
  private readonly uses: ModuleUses;
  private requests = 0;
  private readonly onImports = (): void => void this.showImports();

  constructor(private readonly module: ModuleReference, private readonly options: IOptions) {
    super();
    const { platform, trans, actions, imports } = options;
    this.uses = new ModuleUses(module, {
      platform, trans, openJob: (number, name, url) => { actions.openJob({ number, name, url }, module); },
    });
    imports.changed.connect(this.onImports);
    this.addClass("openmo-Module");
    this.node.tabIndex = -1;
    this.node.append(this.body);
    void this.load();
  }

  override dispose(): void {
    this.options.imports.changed.disconnect(this.onImports);
    super.dispose();
  }

  protected override onActivateRequest(): void {
    this.node.focus();
  }

  /** Which versions the project imports, with what can be done about each. */
  private async showImports(): Promise<void> {
    const { platform, imports, trans } = this.options;
    try {
      const base = `${this.module.owner}/${this.module.name}/`;
      const found = (await platform.moduleImports()).filter((each) => each.identifier.startsWith(base));
      const known = found.map(({ identifier, newer, yanked_reason: yankedReason }) => ({ identifier, newer, yankedReason }));
      this.imported.replaceChildren(...importLines(known, imports, trans));
      this.imported.hidden = found.length === 0;
    } catch {
      this.imported.hidden = true; // the request for the module itself fails too, and shows why
    }
  }

  private async load(): Promise<void> {
    const { platform, trans } = this.options;
    this.body.replaceChildren(h("p", { class: "openmo-Module-hint", role: "status" }, trans.__("Loading…")));
    try {
      const details = await platform.module(this.module);
      const version = this.module.version || details.version || (details.versions[0]?.version ?? "");
      const part = h("div", { class: "openmo-Module-version" });
      this.body.replaceChildren(...this.head(details, version, part), this.imported, part, this.uses.node);
      void this.showImports();
      await this.showVersion(version, part);
    } catch (reason) {
      this.showError(reason, this.body, () => void this.load());
    }
  }

  private head(details: ModuleDetails, version: string, part: HTMLElement): HTMLElement[] {
    const { trans } = this.options;
    const imports = details.imports > 0 ? trans.__("imports: %1", details.imports) : "";
    const facts = [
      trans.__("by %1", details.owner), kindText(details.kind, trans), categoryText(details.category, trans), imports,
    ].filter((fact) => fact !== "");
    const page = linkButton(trans.__("Open page"), () => { openPage(details.url); });
    return [
      h("div", { class: "openmo-Module-title" }, h("h2", {}, details.title || details.name), this.star(details)),
      h("p", { class: "openmo-Module-facts" }, h("code", {}, `${details.owner}/${details.name}`), ` · ${facts.join(" · ")}`),
      ...(details.description === "" ? [] : [h("p", {}, details.description)]),
      ...(details.tags.length === 0 ? [] : [h("p", { class: "openmo-Module-facts" }, details.tags.map((tag) => `#${tag}`).join(" "))]),
      h("div", { class: "openmo-Module-choice" }, this.versionChoice(details, version, part), page),
    ];
  }

  private star(details: ModuleDetails): HTMLButtonElement {
    const { platform, actions, trans } = this.options;
    let isFavourite = details.favourite;
    const star = iconButton(starIcon, trans.__("Favourite"), () => void toggle());
    const show = (): void => {
      star.setAttribute("aria-pressed", String(isFavourite));
      star.classList.toggle("openmo-mod-favourite", isFavourite);
    };
    const toggle = async (): Promise<void> => {
      try {
        await platform.setFavourite(this.module, !isFavourite);
        isFavourite = !isFavourite;
        show();
        actions.changed();
      } catch (reason) {
        star.title = messageOf(reason);
      }
    };
    show();
    return star;
  }

  private versionChoice(details: ModuleDetails, version: string, part: HTMLElement): HTMLElement {
    const { trans } = this.options;
    const select = h("select", { class: "jp-mod-styled" });
    for (const each of details.versions) {
      const note = each.yanked_reason === null ? "" : ` · ${trans.__("yanked")}`;
      select.append(h("option", { value: each.version, selected: each.version === version }, each.version + note));
    }
    select.addEventListener("change", () => void this.showVersion(select.value, part));
    return h("label", {}, trans.__("Version"), select);
  }

  private async showVersion(version: string, part: HTMLElement): Promise<void> {
    const request = ++this.requests;
    const module = { ...this.module, version };
    part.setAttribute("aria-busy", "true");
    try {
      const view = await this.options.platform.moduleVersion(module);
      if (request === this.requests) {
        part.replaceChildren(...this.parts(module, view));
      }
    } catch (reason) {
      if (request === this.requests) {
        this.showError(reason, part, () => void this.showVersion(version, part));
      }
    } finally {
      part.setAttribute("aria-busy", "false");
    }
  }

  private parts(module: ModuleReference, view: ModuleVersionView): HTMLElement[] {
    const { actions, trans } = this.options;
    const yanked = view.yanked_reason === null ? [] : [
      h("p", { class: "openmo-Module-error" }, trans.__("This version was yanked: %1", view.yanked_reason)),
    ];
    const notes = view.notes === "" ? [] : [h("p", { class: "openmo-Module-notes" }, view.notes)];
    const packages = this.packages(module, view);
    const ownEnvironment = (): boolean => packages?.ownEnvironment === true;
    const forms = view.methods.map((method) => new MethodForm({
      method,
      trans,
      insert: (name, values) => actions.insert({ module, method: name, values, ownEnvironment: ownEnvironment() }),
      showNotebook: () => { actions.showNotebook(); },
      submit: async (name, values) => {
        const job = await actions.submit({ module, method: name, values, ownEnvironment: ownEnvironment() });
        this.uses.refresh();
        return job;
      },
      openJob: (job) => { actions.openJob(job, module); },
    }).node);
    const none = h("p", { class: "openmo-Module-hint" }, trans.__("This version names no methods."));
    const choice = packages === null ? [] : [packages.node];
    return [...yanked, ...notes, ...choice, ...(forms.length > 0 ? forms : [none]), this.needs(view), ...this.readme(view)];
  }

  /** What the project lacks of what the version asks for; null: it asks for nothing. */
  private packages(module: ModuleReference, view: ModuleVersionView): PackageChoice | null {
    const { platform, actions, trans } = this.options;
    const [first] = view.methods;
    if (first === undefined || view.requirements.length === 0) {
      return null;
    }
    const draft = { method: first.name, values: {}, cells: [], own_environment: false };
    return new PackageChoice({
      version: view, trans, install: actions.install, needs: () => platform.moduleCode(module, draft),
    });
  }

  private needs(view: ModuleVersionView): HTMLElement {
    const { trans } = this.options;
    const packages = view.requirements.length === 0
      ? h("p", { class: "openmo-Module-hint" }, trans.__("No packages besides those that every project has."))
      : h("ul", {}, ...view.requirements.map((line) => h("li", {}, h("code", {}, line))));
    const size = h("p", { class: "openmo-Module-hint" }, trans.__("%1 in all; an import takes no copy.", sizeText(view.size)));
    return h("section", { class: "openmo-Module-part" }, h("h3", {}, trans.__("Needs")), packages, size);
  }

  private readme(view: ModuleVersionView): HTMLElement[] {
    if (view.readme_html.trim() === "") {
      return [];
    }
    // It is safe as it comes, and is made so once more by what JupyterLab shows notebooks with.
    const parsed = new DOMParser().parseFromString(this.sanitizer.sanitize(view.readme_html), "text/html");
    const text = h("div", { class: "openmo-Module-readme jp-RenderedHTMLCommon" }, ...parsed.body.childNodes);
    settleLinks(text, this.options.trans);
    return [h("section", { class: "openmo-Module-part", "aria-label": "README" }, text)];
  }

  private showError(reason: unknown, place: HTMLElement, again: () => void): void {
    const note = h("p", { class: "openmo-Module-error", role: "alert" }, messageOf(reason));
    place.replaceChildren(note, button(this.options.trans.__("Try again"), again));
  }
}
