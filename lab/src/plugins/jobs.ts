import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { Poll } from "@lumino/polling";
import { PlatformError } from "@openmo/shared/problems";

import { POLL_INTERVALS_MS } from "../jobs";
import { JobsModel } from "../jobsModel";
import { IJobs, IPlatform } from "../tokens";

/** The code of a notebook server that runs outside OpenMo: there is nothing to watch, ever. */
const NOT_CONNECTED = "not_connected";
/** What the server half calls the event that some job changed. */
const JOBS_CHANGED = "urn:openmo:jobs-changed";
const THROTTLE_MS = 300;

/** Keeps the project's jobs fresh: by events, and by polling should none come. */
export const jobs: JupyterFrontEndPlugin<IJobs> = {
  id: "@openmo/lab:jobs",
  description: "The jobs of this project.",
  autoStart: true,
  provides: IJobs,
  requires: [IPlatform],
  activate: (app: JupyterFrontEnd, platform: IPlatform): IJobs => {
    const model = new JobsModel((numbers) => platform.jobs(numbers));
    const poll = new Poll({
      name: "@openmo/lab:jobs",
      // Also while the tab is hidden: the end of a job is reported wherever the user is.
      standby: "never",
      frequency: { interval: POLL_INTERVALS_MS.idle, backoff: true, max: POLL_INTERVALS_MS.max },
      factory: async () => {
        try {
          await model.refresh();
        } catch (reason) {
          if (reason instanceof PlatformError && reason.code === NOT_CONNECTED) {
            void poll.stop();
            return;
          }
          throw reason;
        }
      },
    });
    model.changed.connect(() => {
      if (poll.frequency.interval !== model.interval) {
        poll.frequency = { ...poll.frequency, interval: model.interval };
        void poll.schedule({ phase: "refreshed", interval: model.interval });
      }
    });
    const refreshSoon = throttled(() => { model.refresh().catch(() => undefined); });
    app.serviceManager.events.stream.connect((_, event) => {
      if (event.schema_id === JOBS_CHANGED) {
        refreshSoon();
      }
    });
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && model.isLoaded) {
        refreshSoon();
      }
    });
    return model;
  },
};

/** Runs `act` at once, and at most every `THROTTLE_MS` when called more often; the last call is never lost. */
function throttled(act: () => void): () => void {
  let waiting = false;
  let requested = false;
  const run = (): void => {
    requested = false;
    waiting = true;
    act();
    window.setTimeout(() => {
      waiting = false;
      if (requested) {
        run();
      }
    }, THROTTLE_MS);
  };
  return () => {
    requested = true;
    if (!waiting) {
      run();
    }
  };
}
