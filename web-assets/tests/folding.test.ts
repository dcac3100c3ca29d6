import { describe, expect, it } from "vitest";
import { LineFolder, fold } from "../src/log/folding";

describe("carriage returns", () => {
  it("show the last state of a progress bar", () => {
    expect(fold("10%\r20%\r100%")).toBe("100%");
    expect(fold("longer text\rshort")).toBe("shortr text");
    expect(fold("windows line\r")).toBe("windows line");
    expect(fold("a\r\r\rb")).toBe("b");
  });

  it("never cut a colour in two", () => {
    expect(fold("\x1b[31mred text\x1b[0m\r\x1b[32mok\x1b[0m")).toBe("\x1b[32mok\x1b[0m");
  });
});

describe("a growing log", () => {
  it("gives the same lines however it is cut", () => {
    const text = "one\ntwo\r\n10%\r20%\nthree";
    for (let at = 0; at <= text.length; at++) {
      const folder = new LineFolder();
      const first = folder.push(text.slice(0, at));
      const second = folder.push(text.slice(at));
      expect([...first.lines, ...second.lines]).toEqual(["one", "two", "20%"]);
      expect(second.rest).toBe("three");
    }
  });

  it("keeps a line without end small", () => {
    const folder = new LineFolder();
    for (let step = 0; step < 200; step++) folder.push(`\r${"#".repeat(1000)}${step}`);
    expect(folder.push("").rest.endsWith("199")).toBe(true);
    expect(folder.push("").rest.length).toBeLessThan(70_000);
  });
});
