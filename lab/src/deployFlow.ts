/** What a person has decided so far on the way from cells to a release; knows nothing of widgets. */
import type { CellView } from "@openmo/shared/rest-api";

import { type CellName, cellName } from "./app";
import { type DeployDraft, NO_CHOICE, type ReleaseChoice, type Step } from "./deployDraft";
import type { Preparation, Release, ReleaseCandidates, ReleaseRequest, Section, SpecData } from "./app";
import { FileTicks } from "./fileTicks";
import { type ParameterTexts, parameterOf, withParameter } from "./specForm";
import type { IPlatform } from "./tokens";

type Deployer = Pick<IPlatform, "prepareApp" | "writeOutSpec" | "appFiles" | "writeAppFiles" | "releaseCandidates" | "deploy">;

/** The wizard's memory: going back and forth loses nothing but what a new choice of cells makes void. */
export class DeployFlow {
  private notebook = "";
  private ticks = new Set<CellName>();
  private prepared: Preparation | null = null;
  private edited: SpecData | null = null;
  private found: ReleaseCandidates | null = null;
  private readonly files = new FileTicks();
  private choice: ReleaseChoice = NO_CHOICE;
  released: Release | null = null;

  /** `onEdit` is called after each decision. */
  constructor(private readonly platform: Deployer, private readonly onEdit: () => void = () => undefined) {}

  /** Requests what the notebook's handler needs; forgets an earlier notebook. */
  async open(notebook: string): Promise<Preparation> {
    const preparation = await this.platform.prepareApp(notebook, null);
    this.notebook = notebook;
    return this.apply(preparation);
  }

  /** The path of the notebook that the cells are of; empty before one is open. */
  get path(): string {
    return this.notebook;
  }

  get preparation(): Preparation {
    return opened(this.prepared);
  }

  isTicked(cell: CellView): boolean {
    return this.ticks.has(cellName(cell));
  }

  tick(cell: CellView, ticked: boolean): void {
    toggle(this.ticks, cellName(cell), ticked);
    this.onEdit();
  }

  /** The files that the ticked cells make. */
  async prepare(): Promise<Preparation> {
    const names = this.preparation.cells.map(cellName).filter((name) => this.ticks.has(name));
    return this.apply(await this.platform.prepareApp(this.notebook, names));
  }

  /** The spec as edited so far. */
  get spec(): SpecData {
    return this.edited ?? this.preparation.spec;
  }

  editParameter(section: Section, name: string, texts: ParameterTexts): void {
    const base = this.spec[section][name];
    if (base !== undefined) {
      this.edited = { ...this.spec, [section]: withParameter(this.spec[section], name, parameterOf(texts, base)) };
      this.onEdit();
    }
  }

  /** The text of app_spec.yml; rejects when an edit cannot be right. */
  async specText(): Promise<string> {
    return (await this.platform.writeOutSpec(this.spec)).spec_yaml;
  }

  /** Whether writing would take the place of a handler.py that somebody wrote by hand. */
  async replaces(): Promise<boolean> {
    const { handler = null, from_cells: fromCells } = await this.platform.appFiles();
    return handler !== null && !fromCells;
  }

  /** Writes both files. */
  async write(): Promise<void> {
    await this.platform.writeAppFiles(this.preparation.handler, await this.specText());
  }

  /** Requests the files that a release could hold; needed ones are selected, and what was decided otherwise stays so. */
  async findCandidates(): Promise<ReleaseCandidates> {
    this.found = await this.platform.releaseCandidates();
    this.files.offer(this.found.items);
    return this.found;
  }

  get candidates(): ReleaseCandidates {
    return opened(this.found);
  }

  isSelected(path: string): boolean {
    return this.files.has(path);
  }

  select(path: string, selected: boolean): void {
    this.files.set(path, selected);
    this.onEdit();
  }

  /** What was typed about the release. */
  get release(): ReleaseChoice {
    return this.choice;
  }

  set release(choice: ReleaseChoice) {
    this.choice = choice;
    this.onEdit();
  }

  /** All that was decided, to be taken up again by `restore`. */
  draft(step: Step): DeployDraft {
    const { notebook, edited, choice } = this;
    const files = this.found === null ? null : this.files.paths;
    return { step, notebook, cells: [...this.ticks], handler: this.prepared?.handler ?? "", edited, files, choice };
  }

  /** Takes up what was decided before the page was loaded anew; edits of a spec only if its code is still the same. */
  async restore(draft: DeployDraft): Promise<void> {
    if (draft.notebook !== "") {
      const preparation = await this.platform.prepareApp(draft.notebook, draft.cells);
      this.notebook = draft.notebook;
      this.apply(preparation);
      this.edited = preparation.handler === draft.handler ? draft.edited : null;
    }
    if (draft.files !== null) {
      await this.findCandidates();
      this.files.restore(draft.files);
    }
    this.choice = draft.choice;
  }

  async deploy(request: Omit<ReleaseRequest, "files">): Promise<Release> {
    this.released = await this.platform.deploy({ ...request, files: this.files.paths });
    this.choice = NO_CHOICE;
    this.found = null;
    this.files.forget(); // the next release begins with what the platform proposes
    return this.released;
  }

  private apply(preparation: Preparation): Preparation {
    if (this.prepared?.handler !== preparation.handler) {
      this.edited = null; // other code has other inputs
    }
    this.prepared = preparation;
    this.ticks = new Set(preparation.cells.filter((cell) => cell.ticked).map(cellName));
    return preparation;
  }
}

function toggle<T>(set: Set<T>, value: T, on: boolean): void {
  if (on) {
    set.add(value);
  } else {
    set.delete(value);
  }
}

function opened<T>(value: T | null): T {
  if (value === null) {
    throw new Error("Open a notebook first.");
  }
  return value;
}
