/** Our icons. Those of jobs and modules are Lucide's (ISC licence), as on the pages. */
import { LabIcon } from "@jupyterlab/ui-components";
import type { JobState } from "@openmo/shared/rest-api";

import bellOffSvg from "../style/icons/bell-off.svg";
import bellSvg from "../style/icons/bell.svg";
import chartsSvg from "../style/icons/charts.svg";
import jobSvg from "../style/icons/create-job.svg";
import deploySvg from "../style/icons/deploy.svg";
import exportSvg from "../style/icons/export-python.svg";
import failedSvg from "../style/icons/failed.svg";
import jobsSvg from "../style/icons/jobs.svg";
import logSvg from "../style/icons/log.svg";
import modulesSvg from "../style/icons/modules.svg";
import moreSvg from "../style/icons/more.svg";
import pendingSvg from "../style/icons/pending.svg";
import publishSvg from "../style/icons/publish.svg";
import restartSvg from "../style/icons/restart.svg";
import runningSvg from "../style/icons/running.svg";
import selectSvg from "../style/icons/select.svg";
import starSvg from "../style/icons/star.svg";
import stopSvg from "../style/icons/stop.svg";
import succeededSvg from "../style/icons/succeeded.svg";
import terminatedSvg from "../style/icons/terminated.svg";

export const exportPythonIcon = new LabIcon({ name: "openmo:export-python", svgstr: exportSvg });
export const createJobIcon = new LabIcon({ name: "openmo:create-job", svgstr: jobSvg });
export const deployIcon = new LabIcon({ name: "openmo:deploy", svgstr: deploySvg });
export const publishIcon = new LabIcon({ name: "openmo:publish", svgstr: publishSvg });
export const jobsIcon = new LabIcon({ name: "openmo:jobs", svgstr: jobsSvg });
export const modulesIcon = new LabIcon({ name: "openmo:modules", svgstr: modulesSvg });
export const starIcon = new LabIcon({ name: "openmo:star", svgstr: starSvg });
export const logIcon = new LabIcon({ name: "openmo:log", svgstr: logSvg });
export const chartsIcon = new LabIcon({ name: "openmo:charts", svgstr: chartsSvg });
export const restartIcon = new LabIcon({ name: "openmo:restart", svgstr: restartSvg });
export const stopIcon = new LabIcon({ name: "openmo:stop", svgstr: stopSvg });
export const moreIcon = new LabIcon({ name: "openmo:more", svgstr: moreSvg });
export const selectIcon = new LabIcon({ name: "openmo:select", svgstr: selectSvg });
export const bellIcon = new LabIcon({ name: "openmo:bell", svgstr: bellSvg });
export const bellOffIcon = new LabIcon({ name: "openmo:bell-off", svgstr: bellOffSvg });

export const stateIcons: Readonly<Record<JobState, LabIcon>> = {
  pending: new LabIcon({ name: "openmo:pending", svgstr: pendingSvg }),
  running: new LabIcon({ name: "openmo:running", svgstr: runningSvg }),
  succeeded: new LabIcon({ name: "openmo:succeeded", svgstr: succeededSvg }),
  failed: new LabIcon({ name: "openmo:failed", svgstr: failedSvg }),
  terminated: new LabIcon({ name: "openmo:terminated", svgstr: terminatedSvg }),
};
