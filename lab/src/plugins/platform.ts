import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ICommandPalette, showErrorMessage } from "@jupyterlab/apputils";
import { ITranslator, nullTranslator } from "@jupyterlab/translation";
import { messageOf } from "@openmo/shared/problems";

import { PlatformApi } from "../api";
import { languageTag } from "../language";
import { openPage } from "../pages";
import { IPlatform, TRANSLATION_DOMAIN } from "../tokens";

const COMMAND = "openmo:open-project-page";

/** Provides the platform to the other plugins, and the way back from JupyterLab to the project's page. */
export const platform: JupyterFrontEndPlugin<IPlatform> = {
  id: "@openmo/lab:platform",
  description: "The OpenMo platform behind this notebook server.",
  autoStart: true,
  provides: IPlatform,
  optional: [ITranslator, ICommandPalette],
  activate: (app: JupyterFrontEnd, translator: ITranslator | null, palette: ICommandPalette | null): IPlatform => {
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    const api = new PlatformApi(app.serviceManager.serverSettings, trans, languageTag(translator));
    app.commands.addCommand(COMMAND, {
      label: trans.__("Open Project Page"),
      caption: trans.__("Open this project's page on OpenMo in a new browser tab"),
      execute: async () => {
        try {
          openPage((await api.project()).url);
        } catch (reason) {
          await showErrorMessage(trans.__("Cannot open the project page"), messageOf(reason));
        }
      },
    });
    palette?.addItem({ command: COMMAND, category: "OpenMo" });
    return api;
  },
};
