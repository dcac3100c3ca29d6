// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from "vitest";
import { LogView } from "../src/log/view";

let root: HTMLElement;

beforeEach(() => {
  vi.stubGlobal("requestAnimationFrame", (draw: () => void) => draw());
  root = document.createElement("div");
  const text = document.createElement("pre");
  text.className = "log-text";
  const follow = document.createElement("button");
  follow.className = "follow";
  root.append(text, follow);
});

const lines = (): (string | null)[] => [...root.querySelectorAll(".log-text > div")].map((line) => line.textContent);

describe("the log", () => {
  it("is text, never elements", () => {
    new LogView(root).append("<img src=x onerror=alert(1)>\n\x1b[31m<script>x</script>\n");
    expect(root.querySelector("img, script")).toBeNull();
    expect(lines()).toEqual(["<img src=x onerror=alert(1)>", "<script>x</script>"]);
  });

  it("replaces the line that is still being written", () => {
    const view = new LogView(root);
    view.append("10%");
    view.append("\r20%");
    expect(lines()).toEqual(["20%"]);
    view.append("\ndone\n");
    expect(lines()).toEqual(["20%", "done"]);
  });

  it("holds the newest lines alone", () => {
    const view = new LogView(root, 50);
    for (let part = 0; part < 12; part++) {
      view.append(Array.from({ length: 30 }, (_, line) => `${part * 30 + line}\n`).join(""));
    }
    expect(lines().length).toBe(50);
    expect(lines().at(-1)).toBe("359");
  });
});
