/** Updating and removing what the project imports, with a question where code changes and a way back. Knows nothing of widgets. */
import { type ISignal, Signal } from "@lumino/signaling";
import type { ModuleUpdateView } from "@openmo/shared/rest-api";

import type { IPlatform } from "../tokens";

/** The open notebooks and scripts. */
export interface IOpenDocuments {
  /** Saves those with changes; rejects when one could not be saved. */
  saveAll(): Promise<void>;
  /** Shows what these files hold now, as far as they are open. */
  reload(paths: readonly string[]): Promise<void>;
}

/** Questions to the user, and messages. */
export interface IImportTalk {
  /** Whether these lines may change. */
  agrees(preview: ModuleUpdateView): Promise<boolean>;
  isNewest(preview: ModuleUpdateView): void;
  updated(done: ModuleUpdateView, undo: () => void): void;
  removed(identifier: string, undo: () => void): void;
  failed(reason: unknown): void;
}

/** Changes what the project imports. */
export class ModuleImports {
  private readonly changedSignal = new Signal<this, void>(this);

  constructor(
    private readonly platform: Pick<IPlatform, "importModule" | "removeImport" | "moduleUpdate" | "updateModule">,
    private readonly documents: IOpenDocuments,
    private readonly talk: IImportTalk,
  ) {}

  /** What the project imports is another. */
  get changed(): ISignal<this, void> {
    return this.changedSignal;
  }

  tellChanged(): void {
    this.changedSignal.emit();
  }

  /** Moves to that version (empty: the newest) once the user agrees to the lines that change. */
  update(identifier: string, version = ""): Promise<void> {
    return this.attempt(async () => {
      await this.documents.saveAll();
      const preview = await this.platform.moduleUpdate(identifier, version);
      if (preview.before === preview.after) {
        this.talk.isNewest(preview);
      } else if (await this.talk.agrees(preview)) {
        await this.carryOut(preview);
        this.talk.updated(preview, () => void this.undo(preview));
      }
    });
  }

  /** The project imports it no longer; its calls stay as they are. */
  remove(identifier: string): Promise<void> {
    return this.attempt(async () => {
      await this.platform.removeImport(identifier);
      this.tellChanged();
      this.talk.removed(identifier, () => void this.attempt(async () => {
        await this.platform.importModule(identifier);
        this.tellChanged();
      }));
    });
  }

  private undo(done: ModuleUpdateView): Promise<void> {
    return this.attempt(async () => {
      await this.documents.saveAll();
      await this.carryOut(await this.platform.moduleUpdate(done.after, done.before.split("/").at(-1) ?? ""));
    });
  }

  private async carryOut(preview: ModuleUpdateView): Promise<void> {
    await this.platform.updateModule(preview);
    this.tellChanged();
    await this.documents.reload([...new Set(preview.calls.map((call) => call.file))]);
  }

  private async attempt(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (reason) {
      this.talk.failed(reason);
    }
  }
}
