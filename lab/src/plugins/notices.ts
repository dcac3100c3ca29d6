import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { Notification } from "@jupyterlab/apputils";
import { ITranslator, nullTranslator, type TranslationBundle } from "@jupyterlab/translation";
import { Poll } from "@lumino/polling";

import { type EndedJob, type EndedState, INTERVALS, JobWatch } from "../jobs";
import { openPage } from "../pages";
import { PlatformError } from "../problem";
import { IJobNotices, IPlatform, TRANSLATION_DOMAIN } from "../tokens";

/** The code of a notebook server that runs outside OpenMo: there is nothing to watch, ever. */
const NOT_CONNECTED = "not_connected";

/** Tells when a job of this project ends, also one created on the web page or by the command line. */
export const notices: JupyterFrontEndPlugin<IJobNotices> = {
  id: "@openmo/lab:notices",
  description: "Notices about jobs that end.",
  autoStart: true,
  provides: IJobNotices,
  requires: [IPlatform],
  optional: [ITranslator],
  activate: (_app: JupyterFrontEnd, platform: IPlatform, translator: ITranslator | null): IJobNotices => {
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    const watch = new JobWatch();
    const poll = new Poll({
      name: "@openmo/lab:jobs",
      // One loop for all jobs. It rests while the tab is hidden, and waits longer after each failure.
      standby: "when-hidden",
      frequency: { interval: INTERVALS.idle, backoff: true, max: INTERVALS.max },
      factory: async () => {
        try {
          const asked = watch.ids;
          watch.update(asked, await platform.jobs(asked)).forEach((job) => { tell(job, trans); });
        } catch (reason) {
          if (reason instanceof PlatformError && reason.code === NOT_CONNECTED) {
            void poll.stop();
            return;
          }
          throw reason;
        }
        keepPace(poll, watch);
      },
    });
    return {
      watch: (job) => {
        watch.add(job);
        keepPace(poll, watch);
        void poll.refresh();
      },
    };
  },
};

function keepPace(poll: Poll, watch: JobWatch): void {
  if (poll.frequency.interval !== watch.interval) {
    poll.frequency = { ...poll.frequency, interval: watch.interval };
  }
}

const LEVELS: Record<EndedState, "success" | "error" | "warning"> = {
  succeeded: "success",
  failed: "error",
  terminated: "warning",
};

function tell(job: EndedJob, trans: TranslationBundle): void {
  Notification.emit(sentence(job, trans), LEVELS[job.state], {
    autoClose: false, // the user may be away from the screen when it comes
    actions: [{ label: trans.__("View job"), displayType: "link", callback: () => { openPage(job.url); } }],
  });
}

function sentence(job: EndedJob, trans: TranslationBundle): string {
  switch (job.state) {
    case "succeeded":
      return trans.__("Job %1 succeeded.", job.name);
    case "failed":
      return job.reason ? trans.__("Job %1 failed: %2", job.name, job.reason) : trans.__("Job %1 failed.", job.name);
    case "terminated":
      return trans.__("Job %1 was terminated.", job.name);
  }
}
