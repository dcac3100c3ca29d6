// @vitest-environment jsdom
import { expect, it, vi } from "vitest";
import { h } from "@openmo/shared/dom";
import { keepEarlyToken } from "../src/hub/early-token";

it("sends the form of a new token once JupyterHub's script is there, once, as it was filled in", async () => {
  let there = false;
  keepEarlyToken(() => there);
  const note = h("input", { value: "typed early" });
  const form = h("form", { id: "request-token-form" }, note);
  document.body.replaceChildren(form);
  const early = ["first", "again"].map(() => form.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true })));
  expect(early).toEqual([false, false]);
  const made: string[] = [];
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    made.push(note.value);
  });
  expect(form.getAttribute("aria-busy")).toBe("true");
  there = true;
  await vi.waitFor(() => { expect(made).toEqual(["typed early"]); });
  expect(form.hasAttribute("aria-busy")).toBe(false);
});
