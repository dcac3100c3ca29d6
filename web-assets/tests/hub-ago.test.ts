import { describe, expect, it } from "vitest";

import { agoText } from "../src/hub/ago";

describe("agoText", () => {
  const now = new Date("2026-01-01T00:00:00Z");
  it.each([
    [-30, "en", "30 seconds ago"],
    [-3 * 86_400 - 5, "en", "3 days ago"],
    [3_650 * 86_400, "en", "in 10 years"],
    [-7_200, "zh-CN", "2小时前"],
  ])("tells %d seconds in %s", (seconds, language, text) => {
    expect(agoText(new Date(now.getTime() + seconds * 1000), now, language)).toBe(text);
  });
});
