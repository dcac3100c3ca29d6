// @vitest-environment jsdom
import { beforeEach, expect, test, vi } from "vitest";
import { h } from "@openmo/shared/dom";
import { FileField } from "../src/app/file-field";
import { refreshParts } from "../src/ui/auto-refresh";
import { whenVisible } from "../src/ui/retry";

beforeEach(() => {
  document.body.replaceChildren();
  URL.createObjectURL = () => "blob:here";
});

function field(file: File, complain: (message: string) => void = () => undefined): FileField {
  const input = h("input", { type: "file", accept: "audio/*" });
  Object.defineProperty(input, "files", { value: [file] });
  const note = h("span", { "data-file-note": true });
  const root = h("div", {}, h("div", { "data-drop": true }), input, note, h("button", { "data-clear": true }));
  document.body.append(root);
  return new FileField(root, complain);
}

test("a file that was chosen before the script came is taken", () => {
  const chosen = new File(["x"], "early.wav", { type: "audio/wav" });
  expect(field(chosen).value()).toBe(chosen);
  expect(document.querySelector("[data-file-note]")?.textContent).toContain("early.wav");
});

test("one of a wrong kind is refused all the same", () => {
  const complain = vi.fn();
  expect(field(new File(["x"], "early.png", { type: "image/png" }), complain).value()).toBeUndefined();
  expect(complain).toHaveBeenCalledOnce();
});

test("a part looks again unless somebody reads in it", () => {
  const fold = h("details", {}, h("summary", {}, "one"));
  const part = h("section", { "data-look-again": true }, fold);
  document.body.append(part);
  const looked = vi.fn();
  part.addEventListener("openmo-look", looked);
  refreshParts();
  expect(looked).toHaveBeenCalledTimes(1);
  fold.open = true;
  refreshParts();
  expect(looked).toHaveBeenCalledTimes(1);
  fold.open = false;
  document.getSelection()?.selectAllChildren(part);
  refreshParts();
  expect(looked, "what is selected stays selected").toHaveBeenCalledTimes(1);
  document.getSelection()?.removeAllRanges();
  refreshParts();
  expect(looked).toHaveBeenCalledTimes(2);
});

test("a page in a tab behind others waits to be seen before it looks again", () => {
  const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  const looked = vi.fn();
  whenVisible(looked);
  document.dispatchEvent(new Event("visibilitychange"));
  expect(looked).not.toHaveBeenCalled();
  hidden.mockReturnValue(false);
  document.dispatchEvent(new Event("visibilitychange"));
  document.dispatchEvent(new Event("visibilitychange"));
  expect(looked).toHaveBeenCalledOnce();
  hidden.mockRestore();
});

test("a sample that comes late does not replace what was chosen meanwhile", async () => {
  const answers: ((answer: Response) => void)[] = [];
  vi.stubGlobal("fetch", () => new Promise((resolve) => answers.push(resolve)));
  const one = field(new File(["x"], "first.wav", { type: "audio/wav" }));
  const sample = one.takeSample({ name: "slow.wav", address: "/slow" });
  const own = new File(["y"], "own.wav", { type: "audio/wav" });
  one.setFile(own);
  answers[0]?.(new Response("sample"));
  expect(await sample).toBe(false);
  expect(one.value()).toBe(own);
  vi.unstubAllGlobals();
});

test("text that is pasted into a field stays text, though a spreadsheet adds a picture of it", () => {
  const input = h("input", { type: "file", accept: "image/*" });
  const root = h("div", {}, h("div", { "data-drop": true }), input, h("span", { "data-file-note": true }), h("button", { "data-clear": true }));
  const name = h("input", { type: "text" });
  document.body.append(root, name);
  const one = new FileField(root, () => undefined);
  const picture = new File(["x"], "cells.png", { type: "image/png" });
  const paste = (target: HTMLElement, text: string): boolean => {
    const event = new Event("paste", { bubbles: true, cancelable: true });
    Object.assign(event, { clipboardData: { files: [picture], getData: () => text } });
    return target.dispatchEvent(event);
  };
  expect(paste(name, "7")).toBe(true);
  expect(one.value()).toBeUndefined();
  expect(paste(name, "")).toBe(false);
  expect(one.value()).toBe(picture);
});
