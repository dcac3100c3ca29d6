import { describe, expect, it } from "vitest";
import { PLAIN, colour256, parseAnsi } from "../src/log/ansi";

const texts = (line: string): string[] => parseAnsi(line).spans.map((span) => span.text);

describe("terminal colours", () => {
  it("colours what stands between the codes", () => {
    const { spans, style } = parseAnsi("a \x1b[31;1mred\x1b[0m b");
    expect(spans.map((span) => [span.text, span.style.fg, span.style.bold])).toEqual([
      ["a ", null, false],
      ["red", colour256(1), true],
      [" b", null, false],
    ]);
    expect(style).toEqual(PLAIN);
  });

  it("carries an open colour to the next line", () => {
    const { style } = parseAnsi("\x1b[32mgreen");
    expect(parseAnsi("still", style).spans[0]?.style.fg).toBe(colour256(2));
  });

  it("knows 256 colours and true colours", () => {
    expect(parseAnsi("\x1b[38;5;196mx").spans[0]?.style.fg).toBe("rgb(255, 0, 0)");
    expect(parseAnsi("\x1b[48;5;232mx").spans[0]?.style.bg).toBe("rgb(8, 8, 8)");
    expect(parseAnsi("\x1b[38;2;1;2;300mx").spans[0]?.style.fg).toBe("rgb(1, 2, 255)");
    expect(parseAnsi("\x1b[38:2:1:2:3mx").spans[0]?.text).toBe("x");
  });

  it("drops titles, links and every other sequence", () => {
    expect(texts("\x1b]0;title\x07a")).toEqual(["a"]);
    expect(texts("\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\")).toEqual(["link"]);
    expect(texts("\x1b[2J\x1b[1;1Ha\x1b[K")).toEqual(["a"]);
    expect(texts("\x1b]0;never ended")).toEqual([]);
    expect(texts("\x1bPdevice\x1b\\a")).toEqual(["a"]);
    expect(texts("a\x07\x00\x08b")).toEqual(["ab"]);
  });

  it("drops signs that turn the direction of writing", () => {
    expect(texts("a\u202eb\u2066c")).toEqual(["abc"]);
  });

  it("keeps odd numbers harmless", () => {
    expect(texts("\x1b[999999999999999999999mx\x1b[;;;my\x1b[38;5mz")).toEqual(["x", "y", "z"]);
    expect(parseAnsi(`\x1b[${"1;".repeat(100_000)}mx`).spans[0]?.style.bold).toBe(true);
  });
});
