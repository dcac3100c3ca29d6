import { fileURLToPath } from "node:url";

// Tests end by what they wait for: a busy machine is no reason to fail. They share one page, since making one costs more
// than they do; so they share the double of uPlot too.
export default {
  test: {
    include: ["*/tests/**/*.test.ts"],
    testTimeout: 60_000,
    isolate: false,
    maxWorkers: 1,
    alias: { uplot: fileURLToPath(new URL("web-assets/tests/uplot-double.ts", import.meta.url)) },
  },
};
