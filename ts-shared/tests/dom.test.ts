// @vitest-environment jsdom
import { expect, test } from "vitest";
import { h } from "../src/dom";

test("texts become text, whatever they look like", () => {
  const node = h("p", { title: "<script>" }, "<b>bold</b>", h("i", {}, "italic"), null, undefined);
  expect(node.textContent).toBe("<b>bold</b>italic");
  expect(node.querySelector("b, script")).toBeNull();
});

test("switches are set or left out", () => {
  const box = h("input", { type: "checkbox", checked: true, disabled: false, hidden: undefined });
  expect([box.checked, box.disabled, box.hidden]).toEqual([true, false, false]);
});
