import { describe, expect, it } from "vitest";
import { parseTable } from "../src/app/table";

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
