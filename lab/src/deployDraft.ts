/** The deploy panel's decisions, kept in the browser's tab while its page is loaded anew. */
import type { Channel } from "@openmo/shared/rest-api";

import type { CellName, SpecData } from "./app";

export type Step = "start" | "cells" | "code" | "spec" | "files" | "result";

/** What was typed about the next release; a version of null: as proposed. */
export interface ReleaseChoice {
  readonly channel: Channel;
  readonly version: string | null;
  readonly notes: string;
}

export const NO_CHOICE: ReleaseChoice = { channel: "release", version: null, notes: "" };

export interface DeployDraft {
  readonly step: Step;
  /** Empty: the files are chosen without a notebook. */
  readonly notebook: string;
  readonly cells: readonly CellName[];
  /** The code that `edited` belongs to. */
  readonly handler: string;
  readonly edited: SpecData | null;
  /** The paths that are ticked; null: not requested yet. */
  readonly files: readonly string[] | null;
  readonly choice: ReleaseChoice;
}

/** Keeps one draft in `storage`, under a name of its own for each notebook server. */
export class DraftStore {
  private readonly key: string;

  constructor(private readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem">, baseUrl: string) {
    this.key = `openmo-deploy:${baseUrl}`;
  }

  save(draft: DeployDraft): void {
    try {
      this.storage.setItem(this.key, JSON.stringify(draft));
    } catch {
      // Full or forbidden: the decisions are lost at the next load, as they would be without this.
    }
  }

  clear(): void {
    try {
      this.storage.removeItem(this.key);
    } catch {
      // forbidden: then there is none
    }
  }

  /** What was kept; null: nothing that can be taken up. */
  load(): DeployDraft | null {
    try {
      const found: unknown = JSON.parse(this.storage.getItem(this.key) ?? "null");
      return isDraft(found) ? found : null;
    } catch {
      return null;
    }
  }
}

const MEMBERS: readonly (keyof DeployDraft)[] = ["step", "notebook", "cells", "handler", "edited", "files", "choice"];

function isDraft(value: unknown): value is DeployDraft {
  return typeof value === "object" && value !== null && MEMBERS.every((name) => name in value);
}
