import { describe, expect, it } from "vitest";

import { definesHandle } from "../src/handleTemplate";

describe("definesHandle", () => {
  it.each(["def handle(conf):", "import x\n\nasync def handle (conf):\n    pass", "@timed\ndef\thandle(conf): ..."])(
    "finds it in %j",
    (source) => {
      expect(definesHandle(source)).toBe(true);
    },
  );
  it.each(["", "# def handle(conf):", "class A:\n    def handle(self): ...", "def handler(conf):", "handle(conf)"])(
    "finds none in %j",
    (source) => {
      expect(definesHandle(source)).toBe(false);
    },
  );
});
