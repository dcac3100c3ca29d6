import { MainAreaWidget } from "@jupyterlab/apputils";
import type { TranslationBundle } from "@jupyterlab/translation";
import { Widget } from "@lumino/widgets";
import { durationText } from "@openmo/shared/durations";
import { h } from "@openmo/shared/dom";
import { runSeconds } from "@openmo/shared/jobs";
import type { JobInputsView } from "@openmo/shared/rest-api";

import { chartsIcon, logIcon, stateIcons } from "../../icons";
import { reasonText, stateText } from "../../jobWording";
import type { Job } from "../../jobs";
import type { IJobs, JobPart } from "../../tokens";
import { methodText } from "../modules/wording";
import { PageFrame } from "../pageFrame";

/** The log or the charts of one job: a line about the job, and the platform's own page below it. */
export class JobTab extends MainAreaWidget<PageFrame> {
  private readonly status = new Widget();
  private madeWith = "";
  private readonly onChanged = (): void => { this.update(); };

  constructor(
    readonly number: number,
    readonly part: JobPart,
    readonly name: string,
    address: () => string,
    private readonly jobs: IJobs,
    private readonly trans: TranslationBundle,
    /** What the job was made with. */
    inputs: () => Promise<JobInputsView>,
  ) {
    const label = part === "log" ? trans.__("%1: log", name) : trans.__("%1: charts", name);
    super({ content: new PageFrame(address, label, trans) });
    this.id = JobTab.idOf(number, part);
    this.addClass("openmo-JobTab");
    this.title.label = label;
    this.title.caption = label;
    this.title.icon = part === "log" ? logIcon : chartsIcon;
    this.title.closable = true;
    this.status.addClass("openmo-JobTab-status");
    this.status.node.setAttribute("role", "status");
    this.toolbar.hide(); // it would fold a line this long into a menu
    this.contentHeader.addWidget(this.status);
    jobs.changed.connect(this.onChanged);
    this.update();
    void inputs().then((found) => {
      this.madeWith = inputsText(found, trans);
      this.update();
    }, () => undefined); // the page below says what is wrong
  }

  static idOf(number: number, part: JobPart): string {
    return `openmo-job-${String(number)}-${part}`;
  }

  override dispose(): void {
    this.jobs.changed.disconnect(this.onChanged);
    super.dispose();
  }

  protected override onUpdateRequest(): void {
    const job = this.jobs.jobs.find((each) => each.number === this.number);
    if (job !== undefined) {
      this.status.node.replaceChildren(...statusLine(job, this.jobs.now(), this.madeWith, this.trans));
    }
  }
}

function statusLine(job: Job, now: number, madeWith: string, trans: TranslationBundle): Node[] {
  const icon = stateIcons[job.state].element({ tag: "span", height: "14px", width: "14px" });
  icon.classList.add("openmo-state", `openmo-mod-${job.state}`);
  const line: Node[] = [icon, h("strong", {}, stateText(job.state, trans))];
  const seconds = job.ended_at === null ? null : runSeconds(job, now);
  const rest = [seconds === null ? "" : durationText(seconds), reasonText(job, trans), madeWith].filter((text) => text !== "");
  for (const text of rest) {
    line.push(h("span", { title: text }, text));
  }
  return line;
}

function inputsText({ modules, datasets }: JobInputsView, trans: TranslationBundle): string {
  const names = [
    ...modules.map((each) => (each.method === "" ? each.identifier : `${each.identifier} · ${methodText(each.method, trans)}`)),
    ...datasets.map((each) => `${each.dataset} ${String(each.version)}`),
  ];
  return names.length === 0 ? "" : trans.__("made with %1", names.join(", "));
}
