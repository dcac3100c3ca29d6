import { describe, expect, it } from "vitest";

import { messageOf, platformError } from "../src/problems";

describe("platformError", () => {
  it("shows title and detail of a problem document", () => {
    const body = JSON.stringify({ title: "No GPU", detail: "This server has none.", code: "no_gpu", status: 422 });
    expect(platformError(422, "Unprocessable", body)).toMatchObject({
      status: 422,
      code: "no_gpu",
      message: "No GPU: This server has none.",
    });
  });

  it("shows the platform's own sentence alone", () => {
    const body = JSON.stringify({ type: "urn:openmo:error:conflict", title: "Conflict", detail: "此名称已被使用。", code: "conflict" });
    expect(platformError(409, "Conflict", body).message).toBe("此名称已被使用。");
  });

  it.each([
    ['{"title": "Gone"}', "Gone"],
    ['{"message": "Forbidden", "reason": null}', "Forbidden"],
    ["<html>Bad gateway</html>", "Bad Gateway"],
    ["[1]", "Bad Gateway"],
    ["null", "Bad Gateway"],
    ['{"title": 5, "detail": {}}', "Bad Gateway"],
  ])("reads %j", (body, message) => {
    expect(platformError(502, "Bad Gateway", body).message).toBe(message);
  });

  it("has something to say about a response without any words", () => {
    expect(platformError(502, "", "").message).toBe("HTTP 502");
  });
});

describe("messageOf", () => {
  it("reads errors and anything else that is thrown", () => {
    expect(messageOf(new Error("broken"))).toBe("broken");
    expect(messageOf("broken")).toBe("broken");
  });
});
