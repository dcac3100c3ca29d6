import type { IWidgetTracker } from "@jupyterlab/apputils";
import type { IDocumentWidget } from "@jupyterlab/docregistry";
import type { TranslationBundle } from "@jupyterlab/translation";

import { baseName } from "../paths";
import type { IOpenDocuments } from "./imports";

/** The notebooks and scripts that are open in JupyterLab. */
export class OpenDocuments implements IOpenDocuments {
  constructor(
    private readonly trackers: readonly IWidgetTracker<IDocumentWidget>[],
    private readonly trans: TranslationBundle,
  ) {}

  async saveAll(): Promise<void> {
    const changed = this.all().filter((each) => each.context.model.dirty);
    await Promise.all(changed.map((each) => each.context.save()));
    const left = changed.find((each) => !each.isDisposed && each.context.model.dirty);
    if (left !== undefined) {
      throw new Error(this.trans.__("%1 could not be saved: save it first, then try again.", baseName(left.context.localPath)));
    }
  }

  async reload(paths: readonly string[]): Promise<void> {
    const shown = this.all().filter((each) => paths.includes(each.context.localPath));
    await Promise.all(shown.map((each) => each.context.revert()));
  }

  private all(): IDocumentWidget[] {
    return this.trackers.flatMap((tracker) => tracker.filter(() => true));
  }
}
