// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { h } from "@openmo/shared/dom";
import { isEdited, keepEarly } from "../src/ui/early";
import { linkRanges } from "../src/ui/ranges";

const edit = (control: HTMLInputElement, value: string, type = "input"): void => {
  control.value = value;
  control.dispatchEvent(new Event(type, { bubbles: true }));
};
const scriptsAreThere = async (): Promise<void> => {
  document.dispatchEvent(new Event("DOMContentLoaded"));
  await new Promise((resolve) => setTimeout(resolve));
};

beforeEach(() => document.body.replaceChildren());
afterEach(scriptsAreThere);

it("says again what was edited, in the order of the last edits, and once", async () => {
  keepEarly();
  const [one, two] = [h("input", { type: "text" }), h("input", { type: "text" })];
  document.body.append(h("form", {}, one, two));
  edit(one, "1");
  edit(two, "2");
  edit(one, "3");
  const heard: string[] = [];
  document.body.addEventListener("input", ({ target }) => heard.push((target as HTMLInputElement).value));
  await scriptsAreThere();
  expect(heard).toEqual(["2", "3"]);
  await scriptsAreThere();
  expect(heard).toHaveLength(2);
});

it("keeps a form that needs its script until it is there, and sends it once", async () => {
  keepEarly();
  const form = h("form", { "data-app-form": true }, h("button", {}, "Run"));
  document.body.append(form);
  const send = (): boolean => form.dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true }));
  const run = vi.fn((event: Event) => event.preventDefault());
  expect(send()).toBe(false);
  expect(send()).toBe(false);
  form.addEventListener("submit", run);
  expect(run).not.toHaveBeenCalled();
  await scriptsAreThere();
  expect(run).toHaveBeenCalledOnce();
});

it("lets other forms go", () => {
  keepEarly();
  const form = h("form", { method: "post" });
  document.body.append(form);
  expect(form.dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true }))).toBe(true);
});

it("knows what was edited, also when it is as it was", () => {
  keepEarly();
  const input = h("input", { type: "text", value: "a" });
  input.defaultValue = "a";
  const select = h("select", {}, h("option", { value: "x" }), h("option", { value: "y" }));
  const box = h("input", { type: "checkbox" });
  document.body.append(h("form", {}, input, select, box));
  for (const control of [input, select, box]) expect(isEdited(control)).toBe(false);
  edit(input, "b");
  edit(input, "a");
  select.value = "y";
  box.checked = true;
  for (const control of [input, select, box]) expect(isEdited(control)).toBe(true);
  input.form?.reset();
  for (const control of [input, select, box]) expect(isEdited(control)).toBe(false);
});

it("links a slider and its number whichever is moved, and leaves a number as exact as it was typed", async () => {
  linkRanges();
  keepEarly();
  const slider = h("input", { type: "range", min: "0", max: "10", step: "0.1" });
  const number = h("input", { type: "number", value: "5" });
  document.body.append(h("div", { "data-range-pair": true }, slider, number));
  edit(slider, "1.5");
  expect(number.value).toBe("1.5");
  edit(number, "1.5432");
  await scriptsAreThere();
  expect(number.value).toBe("1.5432");
});
