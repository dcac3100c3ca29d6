/** What the steps of the publish panel share. */
import type { TranslationBundle } from "@jupyterlab/translation";

import type { PublishFlow } from "../../publishing/flow";
import type { INotebookSide } from "../wizard/notebook";
import { type IWizard, StepWidget } from "../wizard/step";

export type Step = "start" | "cells" | "code" | "spec" | "test" | "version" | "result";

/** The project's files beside the panel, as far as the panel needs them. */
export interface IDocuments {
  /** What was typed into open files is on the disk. */
  saveAll(): Promise<void>;
  /** Shows the file, at its line where there is one. */
  show(path: string, line?: number | null): Promise<void>;
  /** These files are shown as they are on the disk now. */
  reload(...paths: string[]): Promise<void>;
}

/** What a step may do besides showing itself. */
export interface IPublishContext extends IWizard<Step> {
  readonly flow: PublishFlow;
  readonly notebook: INotebookSide;
  readonly documents: IDocuments;
}

/** A step on the way to a version of the module. */
export abstract class PublishStep extends StepWidget<Step, IPublishContext> {}

/** Takes back that main.py and module_spec.yml were written. */
export async function takeBack({ flow, documents }: IPublishContext): Promise<void> {
  await flow.undo();
  await documents.reload("main.py", "module_spec.yml");
}

/** `Model · train, predict`. */
export function kindText(flow: PublishFlow, trans: TranslationBundle): string {
  const { kind, spec } = flow.plan;
  const methods = ["train", "predict", "run"].filter((name) => name in (spec.input ?? {}) || name in (spec.output ?? {}));
  return [kind === "model" ? trans.__("Model") : trans.__("Toolkit"), methods.join(", ")].join(" · ");
}
