import type { JupyterFrontEnd } from "@jupyterlab/application";
import type { ISessionContext } from "@jupyterlab/apputils";
import { UUID } from "@lumino/coreutils";
import type { Widget } from "@lumino/widgets";

import { runCommand } from "./consoleCommand";
import { baseName } from "./paths";

/** The part of JupyterLab's console panel that is used here. */
interface ConsolePanel extends Widget {
  readonly sessionContext: ISessionContext;
  readonly console: { inject(code: string): Promise<void> };
}

/** Runs scripts in consoles beside their editors: one console per script, with the kernel that notebooks have. */
export class ScriptConsoles {
  private readonly open = new Map<string, ConsolePanel>();

  constructor(private readonly app: JupyterFrontEnd) {}

  /** `beside` is the id of the script's editor. Resolves once the kernel has taken the script. */
  async run(script: string, args: readonly string[], beside: string | null): Promise<void> {
    const panel = await this.panelFor(script, beside);
    this.app.shell.activateById(panel.id);
    await panel.sessionContext.ready;
    // Not awaited: it ends when the script does.
    void panel.console.inject(runCommand(script, args));
  }

  private async panelFor(script: string, beside: string | null): Promise<ConsolePanel> {
    const known = this.open.get(script);
    if (known !== undefined && !known.isDisposed) {
      return known;
    }
    const name = baseName(script);
    const panel = (await this.app.commands.execute("console:create", {
      // At the top of the project, which is the working directory of jobs and notebooks too.
      path: `${name}-${UUID.uuid4()}`,
      name,
      kernelPreference: { name: "python3", language: "python", autoStartDefault: true },
      insertMode: "split-bottom",
      ref: beside,
      activate: true,
    })) as ConsolePanel;
    panel.title.label = name;
    this.open.set(script, panel);
    return panel;
  }
}
