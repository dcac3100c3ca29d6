import { ILabShell, ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ICommandPalette } from "@jupyterlab/apputils";
import { ITranslator, nullTranslator } from "@jupyterlab/translation";
import { Menu } from "@lumino/widgets";

import { createJobIcon, jobsIcon } from "../icons";
import { JobActions } from "../jobActions";
import { type JobCommand, jobCommands } from "../jobCommands";
import type { Job } from "../jobs";
import { IJobCreator, IJobNotices, IJobTabs, IJobs, IPlatform, TRANSLATION_DOMAIN } from "../tokens";
import { JobsPanel } from "../widgets/jobs/panel";

const SHOW = "openmo:show-jobs";
const NEW = "openmo:new-job";
const RANK = 640;

/** The *Jobs* panel at the left, and commands for the job that is selected in it. */
export const jobsPanel: JupyterFrontEndPlugin<void> = {
  id: "@openmo/lab:jobs-panel",
  description: "The project's jobs at the left.",
  autoStart: true,
  requires: [ILabShell, IPlatform, IJobs, IJobTabs, IJobCreator, IJobNotices],
  optional: [ITranslator, ICommandPalette, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    shell: ILabShell,
    platform: IPlatform,
    jobs: IJobs,
    tabs: IJobTabs,
    creator: IJobCreator,
    notices: IJobNotices,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
  ): void => {
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    const actions = new JobActions(platform, jobs, tabs, creator, trans);
    const panel = new JobsPanel({
      jobs,
      notices,
      trans,
      actions: {
        create: () => void creator.create(),
        open: (job, part) => { tabs.open(job, part); },
        terminate: (job) => void actions.terminate(job),
        restart: (job) => void actions.restart(job),
        remove: (selected) => void actions.remove(selected),
        menu: (job, anchor) => { openMenu(app, commands, job, anchor); },
      },
    });
    const commands = jobCommands(actions, trans);
    shell.add(panel, "left", { rank: RANK, type: "OpenMo" });
    restorer?.add(panel, panel.id);
    app.commands.addCommand(SHOW, {
      label: trans.__("Show Jobs"),
      icon: jobsIcon,
      execute: () => { shell.activateById(panel.id); },
    });
    app.commands.addCommand(NEW, {
      label: trans.__("New Job…"),
      icon: createJobIcon,
      execute: () => creator.create(),
    });
    for (const command of commands) {
      addCommand(app, command, (number) => jobs.jobs.find((job) => job.number === number) ?? panel.currentJob);
    }
    jobs.changed.connect(() => { commands.forEach(({ id }) => { app.commands.notifyCommandChanged(id); }); });
    for (const command of [SHOW, NEW, ...commands.map(({ id }) => id)]) {
      palette?.addItem({ command, category: "OpenMo" });
    }
  },
};

/** `args.number` says which job; without it the command is about the one that is selected in the panel. */
function addCommand(app: JupyterFrontEnd, command: JobCommand, find: (number: unknown) => Job | null): void {
  app.commands.addCommand(command.id, {
    label: (args) => (args.number === undefined ? command.paletteLabel : command.label),
    icon: command.icon,
    isEnabled: (args) => {
      const job = find(args.number);
      return job !== null && command.isFor(job);
    },
    execute: async (args) => {
      const job = find(args.number);
      if (job !== null) {
        await command.run(job);
      }
    },
  });
}

function openMenu(app: JupyterFrontEnd, commands: readonly JobCommand[], job: Job, anchor: Element): void {
  const menu = new Menu({ commands: app.commands });
  for (const command of commands.filter((each) => each.isFor(job))) {
    menu.addItem({ command: command.id, args: { number: job.number } });
  }
  menu.aboutToClose.connect(() => { window.setTimeout(() => { menu.dispose(); }, 0); });
  const { left, bottom } = anchor.getBoundingClientRect();
  menu.open(left, bottom);
}
