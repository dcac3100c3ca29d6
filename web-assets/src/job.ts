import { ChartBoard } from "./charts/board";
import { ResourceBoard } from "./charts/resources";
import { stream } from "./live/stream";
import { LogView } from "./log/view";
import { need } from "./ui/dom";

interface LogEvent {
  text: string;
  end: number;
}

const root = document.querySelector<HTMLElement>("[data-job]");
if (root) {
  const api = root.dataset["job"] ?? "";
  const log = new LogView(need(root, "[data-log]"));
  const board = new ChartBoard(need(root, "[data-board]"), api);
  const resources = new ResourceBoard(root, api);
  const size = need<HTMLElement>(root, "[data-log-size]");
  let offset = 0;
  let state = root.dataset["state"];
  board.start();
  resources.start();
  const close = stream({
    address: () => `${api}/log/stream?from=${offset}`,
    on: {
      log: (data) => {
        const { text, end } = data as LogEvent;
        if (end <= offset) return; // sent again after a reconnection
        offset = end;
        log.append(text);
        size.textContent = bytes(end);
      },
      state: (data) => {
        const next = (data as { state: string }).state;
        if (next === state) return;
        state = root.dataset["state"] = next;
        document.body.dispatchEvent(new CustomEvent("openmo-state"));
      },
      end: () => {
        close();
        board.stop();
        resources.stop();
        document.body.dispatchEvent(new CustomEvent("openmo-state"));
      },
    },
  });
}

function bytes(count: number): string {
  if (count < 1000) return `${count} B`;
  return count < 1_000_000 ? `${(count / 1000).toFixed(1)} kB` : `${(count / 1_000_000).toFixed(1)} MB`;
}
