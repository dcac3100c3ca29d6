import { LabIcon } from "@jupyterlab/ui-components";

import deploySvg from "../style/icons/deploy.svg";
import exportSvg from "../style/icons/export-python.svg";
import jobSvg from "../style/icons/create-job.svg";

export const exportPythonIcon = new LabIcon({ name: "openmo:export-python", svgstr: exportSvg });
export const createJobIcon = new LabIcon({ name: "openmo:create-job", svgstr: jobSvg });
export const deployIcon = new LabIcon({ name: "openmo:deploy", svgstr: deploySvg });
