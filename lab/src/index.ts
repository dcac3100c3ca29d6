/** What `@openmo/lab` adds to JupyterLab: one plugin per file, listed here. */
import { cleanNotebooks } from "./plugins/cleanNotebooks";
import { createJob } from "./plugins/createJob";
import { deploy } from "./plugins/deploy";
import { exportPython } from "./plugins/exportPython";
import { jobTabs } from "./plugins/jobTabs";
import { jobs } from "./plugins/jobs";
import { jobsPanel } from "./plugins/jobsPanel";
import { modules } from "./plugins/modules";
import { notices } from "./plugins/notices";
import { platform } from "./plugins/platform";
import { projectGone } from "./plugins/projectGone";
import { publish } from "./plugins/publish";
import { runCells } from "./plugins/runCells";
import { wayBack } from "./plugins/wayBack";

export default [
  platform, wayBack, jobs, jobTabs, notices, exportPython, createJob, jobsPanel, modules, deploy, publish, projectGone, cleanNotebooks,
  runCells,
];
