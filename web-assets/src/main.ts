import "htmx.org";
import { followAccount } from "./live/account";
import { installAbsolute } from "./ui/absolute";
import { installCompareJobs } from "./ui/compare-jobs";
import { installConfirm } from "./ui/confirm";
import { installCopy } from "./ui/copy";
import { installDurations } from "./ui/durations";
import { installFollowEnd } from "./ui/follow-end";
import { installLookAgain } from "./ui/look-again";
import { installMenus } from "./ui/menus";
import { csrfToken } from "./ui/post";
import { installProgress } from "./ui/progress";
import { installProjectName } from "./ui/project-name";
import { installRetry } from "./ui/retry";
import { installSubmitOnce } from "./ui/submit-once";

installMenus();
installAbsolute();
installCompareJobs();
installConfirm();
installCopy();
installDurations();
installProjectName();
installSubmitOnce();
installProgress();
installFollowEnd();
installLookAgain();
installRetry();
// A frame in JupyterLab hears of jobs from JupyterLab: each stream more is a connection less for everything else.
if (!document.documentElement.dataset.embed) followAccount();

document.addEventListener("htmx:config:request", (event) => {
  const detail = (event as CustomEvent<{ ctx: { request: { headers: Record<string, string> } } }>).detail;
  detail.ctx.request.headers["X-CSRF-Token"] = csrfToken();
  detail.ctx.request.headers.Accept = "text/html";
});
