import { describe, expect, it } from "vitest";
import { parseTable } from "../src/app/table";
import { decoded } from "../src/app/table-file";

describe("pasted tables", () => {
  it("are read from CSV, semicolons and a spreadsheet's tabs", () => {
    const rows = [
      { a: 1, b: "x" },
      { a: 2.5, b: null },
    ];
    expect(parseTable("a,b\n1,x\n2.5,\n")).toEqual(rows);
    expect(parseTable("a;b\r\n1;x\r\n2.5;")).toEqual(rows);
    expect(parseTable("a\tb\n1\tx\n2.5\t")).toEqual(rows);
  });

  it("keep quoted commas, quotes and line breaks", () => {
    expect(parseTable('a,b\n"1,5","say ""hi""\nagain"')).toEqual([{ a: "1,5", b: 'say "hi"\nagain' }]);
  });

  it("survive what is no table", () => {
    expect(parseTable("")).toEqual([]);
    expect(parseTable('"never ended')).toEqual([]);
    expect(parseTable("a,a\n1,2")).toEqual([{ a: 1, "a.1": 2 }]);
    expect(parseTable(",b\n1,2")).toEqual([{ "column 1": 1, b: 2 }]);
  });
});

describe("files of tables", () => {
  const bytes = (...codes: number[]): ArrayBuffer => new Uint8Array(codes).buffer;

  it("are read in the encoding that they have", () => {
    expect(decoded(new TextEncoder().encode("\ufeff名字").buffer)).toBe("名字");
    expect(decoded(bytes(0xc3, 0xfb, 0xd7, 0xd6))).toBe("名字"); // GBK, as a spreadsheet in Chinese saves it
    expect(decoded(bytes(0xff, 0xfe, 0x0d, 0x54))).toBe("名");
  });

  it("may have very many rows", () => {
    expect(parseTable(`a\n${"1\n".repeat(200_000)}`)).toHaveLength(200_000);
  });
});
