import { expect, test } from "vitest";
import { sizeText } from "../src/sizes";

test.each([[0, "0 B"], [999, "999 B"], [1500, "1.5 kB"], [1_234_567, "1.2 MB"], [3.2e9, "3.2 GB"], [5e15, "5,000 TB"]])(
  "%d bytes are %s, as the server writes them",
  (bytes, text) => {
    expect(sizeText(bytes, "en")).toBe(text);
  },
);
