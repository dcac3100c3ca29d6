/** What `@openmo/lab` adds to JupyterLab: one plugin per file, listed here. */
import { createJob } from "./plugins/createJob";
import { deploy } from "./plugins/deploy";
import { exportPython } from "./plugins/exportPython";
import { jobTabs } from "./plugins/jobTabs";
import { jobs } from "./plugins/jobs";
import { jobsPanel } from "./plugins/jobsPanel";
import { notices } from "./plugins/notices";
import { platform } from "./plugins/platform";

export default [platform, jobs, jobTabs, notices, exportPython, createJob, jobsPanel, deploy];
