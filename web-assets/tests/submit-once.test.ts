// @vitest-environment jsdom
import { expect, it } from "vitest";
import { h } from "@openmo/shared/dom";
import { installSubmitOnce } from "../src/ui/submit-once";

it("sends a form once, and again after coming back to the page", () => {
  const form = h("form", { method: "post", action: "/x" }, h("button", {}, "Go"));
  document.body.replaceChildren(form);
  installSubmitOnce();
  const send = (): boolean => form.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  expect(send()).toBe(true);
  expect(send()).toBe(false);
  window.dispatchEvent(new Event("pageshow"));
  expect(send()).toBe(true);
});
