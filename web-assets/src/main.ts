import "htmx.org";
import { followAccount } from "./live/account";
import { installAbsolute } from "./ui/absolute";
import { installBuilding } from "./ui/building";
import { installCompareJobs } from "./ui/compare-jobs";
import { installConfirm } from "./ui/confirm";
import { installCopy } from "./ui/copy";
import { installDurations } from "./ui/durations";
import { installFileChoice } from "./ui/file-choice";
import { installFollowEnd } from "./ui/follow-end";
import { installAutoRefresh } from "./ui/auto-refresh";
import { installKeepForm } from "./ui/keep-form";
import { installMenus } from "./ui/menus";
import { csrfToken } from "./ui/post";
import { installProgress } from "./ui/progress";
import { installProjectName } from "./ui/project-name";
import { installRetry } from "./ui/retry";
import { installScrollable } from "./ui/scrollable";
import { installTextLimits } from "./ui/text-limits";

installMenus();
installAbsolute();
installBuilding();
installCompareJobs();
installConfirm();
installCopy();
installDurations();
installKeepForm();
installProjectName();
installProgress();
installFollowEnd();
installAutoRefresh();
installRetry();
installScrollable();
installTextLimits();
installFileChoice();
// In a frame JupyterLab itself follows the jobs: browsers open few connections to one server.
if (!document.documentElement.dataset.embed) followAccount();

document.addEventListener("htmx:config:request", (event) => {
  const detail = (event as CustomEvent<{ ctx: { request: { headers: Record<string, string> } } }>).detail;
  detail.ctx.request.headers["X-CSRF-Token"] = csrfToken();
  detail.ctx.request.headers.Accept = "text/html";
});
