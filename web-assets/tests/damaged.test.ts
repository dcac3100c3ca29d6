// @vitest-environment jsdom
import { expect, it } from "vitest";
import { h } from "@openmo/shared/dom";
import { PlatformError } from "@openmo/shared/problems";
import { sayingDamage } from "../src/charts/damaged";

it("says what is damaged until it is whole again, and nothing of other failures", async () => {
  const text = h("p", {});
  const place = h("div", { hidden: true }, text);
  place.dataset.damaged = "";
  const root = h("section", {}, place);
  await expect(sayingDamage(root, () => Promise.reject(new PlatformError(503, "unavailable", "Later.")))).rejects.toThrow("Later.");
  expect(place.hidden).toBe(true);
  const damaged = new PlatformError(500, "damaged", "The stored metrics are damaged.");
  await expect(sayingDamage(root, () => Promise.reject(damaged))).rejects.toThrow(damaged);
  expect([place.hidden, text.textContent]).toEqual([false, "The stored metrics are damaged."]);
  await sayingDamage(root, () => Promise.resolve());
  expect(place.hidden).toBe(true);
});
