/** What `@openmo/lab` adds to JupyterLab: one plugin per file, listed here. */
import { createJob } from "./plugins/createJob";
import { deploy } from "./plugins/deploy";
import { exportPython } from "./plugins/exportPython";
import { notices } from "./plugins/notices";
import { platform } from "./plugins/platform";

export default [platform, notices, exportPython, createJob, deploy];
