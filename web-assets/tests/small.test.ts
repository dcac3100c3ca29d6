import { describe, expect, it } from "vitest";
import { short } from "../src/charts/format";
import { nameFromTitle } from "../src/ui/project-name";

describe("names from titles", () => {
  it("are those that the server would make", () => {
    expect(nameFromTitle("Iris App, v2!")).toBe("iris-app-v2");
    expect(nameFromTitle("  __x__ ")).toBe("x");
    expect(nameFromTitle("车牌识别")).toBe("");
    expect(nameFromTitle("a".repeat(100))).toHaveLength(63);
  });
});

describe("numbers", () => {
  it("are as short as they can be read", () => {
    expect(short(0.071463)).toBe("0.07146");
    expect(short(1e-7)).toBe("1.00e-7");
    expect(short(123456)).toBe("123,456");
    expect(short(null)).toBe("–");
    expect(short(Number.NaN)).toBe("–");
  });
});
