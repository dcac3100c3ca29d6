import { ChartBoard } from "./charts/board";
import { ResourceBoard } from "./charts/resources";
import { LogPanel } from "./log/panel";
import { need } from "./ui/dom";

const root = document.querySelector<HTMLElement>("[data-job]");
if (root) {
  const api = root.dataset.job ?? "";
  const board = new ChartBoard(need(root, "[data-board]"), api);
  const resources = new ResourceBoard(root, api);
  const changed = (): boolean => document.body.dispatchEvent(new CustomEvent("openmo-state"));
  let state = root.dataset.state;
  board.start();
  resources.start();
  void new LogPanel(need(root, "[data-log]")).start({
    state: (job) => {
      if (job.state === state) return;
      state = root.dataset.state = job.state;
      changed();
    },
    end: () => {
      board.stop();
      resources.stop();
      changed();
    },
  });
}
