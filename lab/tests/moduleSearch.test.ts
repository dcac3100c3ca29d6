import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { ModuleSearch } from "../src/modules/search";
import type { ModuleItem, ModulePage, ModuleQuery } from "../src/modules/values";

const item = (name: string): ModuleItem => ({
  owner: "openmo", name, title: "", description: "", version: "1.0.0", kind: "toolkit", category: "other", imports: 0, favourite: false,
});

/** Requests that are answered by hand, in any order. */
function requests() {
  const waiting: { query: ModuleQuery; after: string; answer: (page: ModulePage) => void; fail: (reason: Error) => void }[] = [];
  const search = new ModuleSearch((query, after) =>
    new Promise((answer, fail) => { waiting.push({ query, after, answer, fail }); }));
  const request = (number: number) => {
    const found = waiting[number];
    if (found === undefined) {
      throw new Error(`There is no request ${String(number)}.`);
    }
    return found;
  };
  return { search, waiting, request };
}

const names = (search: ModuleSearch): string[] => search.items.map((each) => each.name);

describe("ModuleSearch", () => {
  beforeEach(() => { vi.useFakeTimers(); });
  afterEach(() => { vi.useRealTimers(); });

  it("asks once for what is typed in one go", async () => {
    const { search, waiting } = requests();
    for (const text of ["i", "ir", "iri", "iris"]) {
      search.type(text);
    }
    await vi.runAllTimersAsync();
    expect(waiting.map((each) => each.query.search)).toEqual(["iris"]);
  });

  it("shows the newest answer, though an older one comes later", async () => {
    const { search, request } = requests();
    const first = search.choose({ search: "k" });
    const second = search.choose({ search: "kmeans" });
    request(1).answer({ items: [item("kmeans_cluster")], next: "" });
    await second;
    request(0).answer({ items: [item("wrong")], next: "" });
    await first;
    expect(names(search)).toEqual(["kmeans_cluster"]);
    expect(search.isBusy).toBe(false);
  });

  it("keeps what it shows when a request fails, and says why until one succeeds", async () => {
    const { search, request } = requests();
    const good = search.refresh();
    request(0).answer({ items: [item("a")], next: "" });
    await good;
    const bad = search.choose({ kind: "model" });
    request(1).fail(new Error("OpenMo does not answer."));
    await bad;
    expect([names(search), search.error]).toEqual([["a"], "OpenMo does not answer."]);
    const again = search.refresh();
    request(2).answer({ items: [], next: "" });
    await again;
    expect([names(search), search.error]).toEqual([[], ""]);
  });

  it("adds the next page to the list, and begins anew with another choice", async () => {
    const { search, request } = requests();
    const first = search.refresh();
    request(0).answer({ items: [item("a")], next: "cursor" });
    await first;
    const more = search.more();
    expect(request(1).after).toBe("cursor");
    request(1).answer({ items: [item("b")], next: "" });
    await more;
    expect([names(search), search.hasMore]).toEqual([["a", "b"], false]);
    const mine = search.choose({ scope: "mine" });
    request(2).answer({ items: [item("c")], next: "" });
    await mine;
    expect(names(search)).toEqual(["c"]);
  });

  it("waits for what was typed last before the list counts as its answer", async () => {
    const { search, waiting, request } = requests();
    search.type("iris");
    const settled = search.settle();
    expect(waiting).toHaveLength(1);
    request(0).answer({ items: [item("iris_classifier")], next: "" });
    await settled;
    await vi.runAllTimersAsync();
    expect([names(search), waiting.length]).toEqual([["iris_classifier"], 1]);
    await search.settle();
    expect(waiting).toHaveLength(1);
  });

  it("takes in nothing after its end", async () => {
    const { search, request } = requests();
    const last = search.refresh();
    search.dispose();
    request(0).answer({ items: [item("late")], next: "" });
    await last;
    expect(names(search)).toEqual([]);
  });
});
