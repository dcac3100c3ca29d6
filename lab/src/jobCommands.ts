/** What can be done with one job: the same in the panel's menu and in the command palette. */
import type { TranslationBundle } from "@jupyterlab/translation";
import { type LabIcon, copyIcon, deleteIcon, launchIcon } from "@jupyterlab/ui-components";
import { hasEnded } from "@openmo/shared/jobs";

import { chartsIcon, logIcon, restartIcon, stopIcon } from "./icons";
import type { JobActions } from "./jobActions";
import type { Job } from "./jobs";

export interface JobCommand {
  readonly id: string;
  /** In the menu of a job. */
  readonly label: string;
  /** In the command palette, where it is about the selected job. */
  readonly paletteLabel: string;
  readonly icon: LabIcon;
  isFor(job: Job): boolean;
  run(job: Job): Promise<void> | void;
}

export function jobCommands(actions: JobActions, trans: TranslationBundle): JobCommand[] {
  const always = (): boolean => true;
  return [
    {
      id: "openmo:open-job-log", label: trans.__("Open Log"), paletteLabel: trans.__("Open Log of Selected Job"),
      icon: logIcon, isFor: always, run: (job) => { actions.open(job, "log"); },
    },
    {
      id: "openmo:open-job-charts", label: trans.__("Open Charts"), paletteLabel: trans.__("Open Charts of Selected Job"),
      icon: chartsIcon, isFor: always, run: (job) => { actions.open(job, "charts"); },
    },
    {
      id: "openmo:open-job-page", label: trans.__("Open Page in Browser"), paletteLabel: trans.__("Open Page of Selected Job in Browser"),
      icon: launchIcon, isFor: (job) => job.url !== "", run: (job) => { actions.openPage(job); },
    },
    {
      id: "openmo:terminate-job", label: trans.__("Terminate…"), paletteLabel: trans.__("Terminate Selected Job…"),
      icon: stopIcon, isFor: (job) => !hasEnded(job) && !job.stop_requested, run: (job) => actions.terminate(job),
    },
    {
      id: "openmo:restart-job", label: trans.__("Run Again"), paletteLabel: trans.__("Run Selected Job Again"),
      icon: restartIcon, isFor: hasEnded, run: (job) => actions.restart(job),
    },
    {
      id: "openmo:clone-job", label: trans.__("Run Again with Changes…"), paletteLabel: trans.__("Run Selected Job Again with Changes…"),
      icon: copyIcon, isFor: always, run: (job) => actions.clone(job),
    },
    {
      id: "openmo:delete-job", label: trans.__("Delete…"), paletteLabel: trans.__("Delete Selected Job…"),
      icon: deleteIcon, isFor: hasEnded, run: (job) => actions.remove([job]),
    },
  ];
}
