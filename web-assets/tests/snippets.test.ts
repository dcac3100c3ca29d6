import { describe, expect, it } from "vitest";
import { pythonValue, snippet } from "../src/app/snippets";
import type { Value } from "../src/app/types";

const ADDRESS = "http://localhost:8000/run/lin/iris";

describe("the call as code", () => {
  it("sends JSON when there is no file", () => {
    const values = new Map<string, Value>([["a", 1.4], ["note", "it's"], ["deep", true]]);
    expect(snippet("curl", ADDRESS, values)).toContain(`-d '{"a":1.4,"note":"it'\\''s","deep":true}'`);
    expect(snippet("python", ADDRESS, values)).toContain('json={"a": 1.4, "note": "it\'s", "deep": True}');
    expect(snippet("javascript", ADDRESS, values)).toContain("application/json");
  });

  it("sends a form when there is one", () => {
    const values = new Map<string, Value>([["photo", new File(["x"], "7.png")], ["top", 3], ["list", [1, 2]]]);
    expect(snippet("curl", ADDRESS, values)).toContain(`-F 'photo=@"7.png"'`);
    expect(snippet("curl", ADDRESS, values)).toContain("--form-string 'list=[1,2]'");
    expect(snippet("python", ADDRESS, values)).toContain('data={"top": "3", "list": "[1,2]"}');
    expect(snippet("javascript", ADDRESS, values)).toContain('form.append("photo", fileInput.files[0]);');
  });

  it("cannot be broken out of by names and values", () => {
    const values = new Map<string, Value>([["a'; rm -rf / #", "$(x)`y`"]]);
    expect(snippet("curl", ADDRESS, values)).toContain(`'{"a'\\''; rm -rf / #":"$(x)\`y\`"}'`);
  });

  it("writes Python's own words", () => {
    expect(pythonValue({ a: [true, false, null], b: "true" })).toBe('{"a": [True, False, None], "b": "true"}');
  });

  it("bears a token where not everybody may call", () => {
    const values = new Map<string, Value>([["a", 1]]);
    expect(snippet("curl", ADDRESS, values, { secured: true, streams: false })).toContain('-H "Authorization: Bearer $OPENMO_TOKEN"');
    expect(snippet("python", ADDRESS, values, { secured: true, streams: false })).toContain('os.environ["OPENMO_TOKEN"]');
    expect(snippet("javascript", ADDRESS, values, { secured: true, streams: false })).toContain("Authorization: `Bearer ${token}`");
    expect(snippet("curl", ADDRESS, values)).not.toContain("Authorization");
  });
});
