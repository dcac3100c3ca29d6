import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { IThemeManager } from "@jupyterlab/apputils";
import { ITranslator, nullTranslator } from "@jupyterlab/translation";

import { isWebPage } from "../pages";
import { IPlatform, TRANSLATION_DOMAIN } from "../tokens";
import { ProjectLink } from "../widgets/projectLink";

const RANK = 0;
/** What the page says while JupyterLab's scripts load; the platform's spawner puts it there. */
const LOADING_ID = "openmo-loading";
const THEME_KEY = "openmo-lab-theme";

/** The logo at the top, which leads back to the project's page; and the end of the sentence that JupyterLab loads. */
export const wayBack: JupyterFrontEndPlugin<void> = {
  id: "@openmo/lab:way-back",
  description: "Leads from JupyterLab back to the project's page.",
  autoStart: true,
  requires: [IPlatform],
  optional: [ITranslator, IThemeManager],
  activate: (app: JupyterFrontEnd, platform: IPlatform, translator: ITranslator | null, themes: IThemeManager | null): void => {
    const link = new ProjectLink((translator ?? nullTranslator).load(TRANSLATION_DOMAIN));
    app.shell.add(link, "top", { rank: RANK });
    platform.project().then(
      ({ project, url }) => {
        if (isWebPage(url, window.location.href)) {
          link.leadTo(project, url);
        }
      },
      () => undefined, // no platform: the logo leads nowhere
    );
    themes?.themeChanged.connect(() => { rememberTheme(themes); });
    void app.restored.then(() => { document.getElementById(LOADING_ID)?.remove(); });
  },
};

/** For the sentence that the next load of the page begins with. */
function rememberTheme(themes: IThemeManager): void {
  try {
    localStorage.setItem(THEME_KEY, themes.theme !== null && !themes.isLight(themes.theme) ? "dark" : "light");
  } catch {
    // storage is forbidden: the sentence stays light
  }
}
