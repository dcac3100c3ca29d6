import { describe, expect, it } from "vitest";
import { multipart } from "../src/app/call";
import type { Values } from "../src/app/types";

describe("a form's body", () => {
  it("keeps line breaks and cannot be broken out of", async () => {
    const values: Values = new Map();
    values.set('a"\r\nX: y', "one\ntwo").set("file", new File(["data"], 'b".png', { type: "image/png" }));
    const text = await new Response(multipart(values)).text();
    expect(text).toContain('name="a%22%0D%0AX: y"\r\n\r\none\ntwo\r\n');
    expect(text).toContain('filename="b%22.png"\r\nContent-Type: image/png\r\n\r\ndata\r\n');
  });
});
