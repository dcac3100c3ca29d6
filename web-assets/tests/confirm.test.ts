// @vitest-environment jsdom
import { expect, it, vi } from "vitest";
import { h } from "@openmo/shared/dom";
import { installConfirm } from "../src/ui/confirm";

let say: (answer: string) => void = () => undefined;
vi.mock("../src/ui/dialog", () => ({
  dialogButton: () => document.createElement("button"),
  openDialog: () => ({ answer: new Promise<string>((resolve) => (say = resolve)) }),
}));

it("sends the form that stands there when the answer comes, and asks again the next time", async () => {
  const form = (): HTMLFormElement => h("form", { method: "post", action: "/stop", "data-confirm": "Stop?" }, h("button", {}, "Stop"));
  const sent: EventTarget[] = [];
  installConfirm();
  const heard = new AbortController(); // other tests share this page
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented && event.target) sent.push(event.target);
    event.preventDefault();
  }, { signal: heard.signal });
  const first = form();
  document.body.replaceChildren(first);
  first.requestSubmit();
  const second = form(); // the page drew itself anew while the question was open
  document.body.replaceChildren(second);
  say("yes");
  await vi.waitFor(() => expect(sent).toEqual([second]));
  second.requestSubmit();
  expect(sent, "nothing goes without a question").toHaveLength(1);
  heard.abort();
});
