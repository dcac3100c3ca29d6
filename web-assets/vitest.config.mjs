// Tests end by what they wait for: a busy machine is no reason to fail. They share one page, since making one costs more
// than they do; but for those that put another module in the place of a real one, which the others may have loaded.
const mocked = "tests/*.mocked.test.ts";
const shared = { name: "shared", include: ["tests/*.test.ts"], exclude: [mocked], isolate: false, maxWorkers: 1 };
export default {
  test: {
    testTimeout: 60_000,
    projects: [
      { extends: true, test: shared },
      { extends: true, test: { name: "mocked", include: [mocked] } },
    ],
  },
};
