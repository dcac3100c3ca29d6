/** What a person has decided so far on the way from a project to a version of its module; knows nothing of widgets. */
import { PlatformError } from "@openmo/shared/problems";
import type { CellView, CheckReportView, ModuleFilesView, ModuleKind } from "@openmo/shared/rest-api";

import { type CellName, cellName, type Section } from "../app";
import { FileTicks } from "../fileTicks";
import { type ParameterTexts, parameterOf, withParameter } from "../specForm";
import type { IModuleMaking, ModulePlan, ModulePreparation, ModuleSpec, ModuleTrial, PublishedVersion, VersionChoice } from "./values";

const BUILDING = "environment_building";
const UNCHANGED = "module_unchanged";
const RETRY_SECONDS = 2;

/** The panel's memory: going back and forth loses nothing but what a new choice of cells makes void. */
export class PublishFlow {
  private notebook = "";
  private ticks = new Set<CellName>();
  private prepared: ModulePreparation | null = null;
  private edited: ModuleSpec | null = null;
  private found: ModulePlan | null = null;
  private readonly files = new FileTicks();
  private typed: VersionChoice | null = null;
  private before: ModuleFilesView | null = null;
  /** What the last check found; null: the project was changed since, or never checked. */
  report: CheckReportView | null = null;
  published: PublishedVersion | null = null;
  /** Whether others may see what was published. */
  isForOthers = false;

  /** `wait`: resolves after so many seconds. */
  constructor(
    private readonly platform: IModuleMaking,
    private readonly wait: (seconds: number) => Promise<void> = sleep,
  ) {}

  /** Requests what publishing would make of the project as it is now. */
  async look(): Promise<ModulePlan> {
    this.found = await this.platform.modulePlan();
    this.files.offer(this.found.files);
    return this.found;
  }

  get plan(): ModulePlan {
    return opened(this.found);
  }

  /** Whether the project was looked at. */
  get isKnown(): boolean {
    return this.found !== null;
  }

  /** The names of the files that the skeleton brought. */
  async begin(kind: ModuleKind): Promise<readonly string[]> {
    const { files } = await this.platform.beginModule(kind);
    this.report = null;
    await this.look();
    return files;
  }

  /** Requests what the notebook offers; forgets an earlier notebook. */
  async open(notebook: string): Promise<ModulePreparation> {
    const preparation = await this.platform.prepareModule(notebook, null);
    this.notebook = notebook;
    return this.apply(preparation);
  }

  /** The path of the notebook that the cells are of. */
  get path(): string {
    return this.notebook;
  }

  get preparation(): ModulePreparation {
    return opened(this.prepared);
  }

  isTicked(cell: CellView): boolean {
    return this.ticks.has(cellName(cell));
  }

  tick(cell: CellView, ticked: boolean): void {
    if (ticked) {
      this.ticks.add(cellName(cell));
    } else {
      this.ticks.delete(cellName(cell));
    }
  }

  /** The files that the ticked cells make. */
  async prepare(): Promise<ModulePreparation> {
    const names = this.preparation.cells.map(cellName).filter((name) => this.ticks.has(name));
    return this.apply(await this.platform.prepareModule(this.notebook, names));
  }

  /** The spec as edited so far. */
  get spec(): ModuleSpec {
    return this.edited ?? this.preparation.spec;
  }

  editParameter(section: Section, method: string, name: string, texts: ParameterTexts): void {
    const methods = this.spec[section];
    const parameters = methods[method] ?? {};
    const base = parameters[name];
    if (base !== undefined) {
      const changed = { ...methods, [method]: withParameter(parameters, name, parameterOf(texts, base)) };
      this.edited = { ...this.spec, [section]: changed };
    }
  }

  /** The text of module_spec.yml; rejects when an edit cannot be right. */
  async specText(): Promise<string> {
    return (await this.platform.writeOutModuleSpec(this.spec)).spec_yaml;
  }

  /** Whether writing would take the place of a main.py that somebody wrote by hand. */
  async replaces(): Promise<boolean> {
    const { main = null, from_cells: fromCells } = await this.platform.moduleFiles();
    return main !== null && !fromCells;
  }

  /** Writes both files. */
  async write(): Promise<void> {
    this.before = await this.platform.writeModuleFiles({ main: this.preparation.main, module_spec: await this.specText() });
    this.report = null;
    await this.look();
  }

  /** Whether files were written that can be taken back. */
  get canUndo(): boolean {
    return this.before !== null;
  }

  /** Both files are as they were before they were written. */
  async undo(): Promise<void> {
    const { main = null, module_spec: spec = null } = opened(this.before);
    await this.platform.writeModuleFiles({ main, module_spec: spec });
    this.before = null;
    this.report = null;
    await this.look();
  }

  isSelected(path: string): boolean {
    return this.files.has(path);
  }

  select(path: string, selected: boolean): void {
    this.files.set(path, selected);
    this.report = null;
  }

  /** What was typed about the version, at first what people read of the module so far. */
  get choice(): VersionChoice {
    const { title, description, category, tags, visibility } = this.plan;
    const first = { dev: false, version: null, notes: "", title, description, category, tags: tags.join(", "), visibility };
    return this.typed ?? first;
  }

  set choice(choice: VersionChoice) {
    this.typed = choice;
  }

  /** What the method returns for these values; `building` as for `check`. */
  try(method: string, values: Readonly<Record<string, string>>, building: () => void): Promise<ModuleTrial> {
    return this.patiently(building, () => this.platform.tryModule(method, values, this.files.paths));
  }

  /** Tries the module; `building` is called when its environment is being built first, which is waited for. */
  async check(building: () => void): Promise<CheckReportView> {
    this.report = await this.patiently(building, () => this.platform.checkModule(this.files.paths));
    return this.report;
  }

  /** Publishes, after `mayRepeat` where nothing has changed since that version; null: rather not. */
  async publish(building: () => void, mayRepeat: (version: string) => Promise<boolean>): Promise<PublishedVersion | null> {
    try {
      return await this.send(building, false);
    } catch (reason) {
      if (!(reason instanceof PlatformError) || reason.code !== UNCHANGED) {
        throw reason;
      }
      const since = reason.fields.unchanged_since;
      return (await mayRepeat(typeof since === "string" ? since : "")) ? await this.send(building, true) : null;
    }
  }

  private async send(building: () => void, again: boolean): Promise<PublishedVersion> {
    const { dev, version, tags, ...words } = this.choice;
    const draft = { ...words, dev, again, version: dev ? null : version, tags: tags.split(/[,，]/), files: this.files.paths };
    this.published = await this.patiently(building, () => this.platform.publishModule(draft));
    this.isForOthers = !dev && (words.visibility === "public" || this.plan.stays_public);
    this.typed = null;
    this.report = null;
    this.files.forget();
    return this.published;
  }

  /** Does it, again and again while an environment is being built. */
  private async patiently<T>(building: () => void, ask: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask();
      } catch (reason) {
        if (!(reason instanceof PlatformError) || reason.code !== BUILDING) {
          throw reason;
        }
        building();
        const seconds = reason.fields.retry_after;
        await this.wait(typeof seconds === "number" ? seconds : RETRY_SECONDS);
      }
    }
  }

  private apply(preparation: ModulePreparation): ModulePreparation {
    if (this.prepared?.main !== preparation.main) {
      this.edited = null; // other code has other inputs
    }
    this.prepared = preparation;
    this.ticks = new Set(preparation.cells.filter((cell) => cell.ticked).map(cellName));
    return preparation;
  }
}

function sleep(seconds: number): Promise<void> {
  return new Promise((resolve) => { window.setTimeout(resolve, seconds * 1000); });
}

function opened<T>(value: T | null): T {
  if (value === null) {
    throw new Error("Look at the project first.");
  }
  return value;
}
