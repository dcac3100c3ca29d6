import { describe, expect, it } from "vitest";

import { type DeployDraft, DraftStore, NO_CHOICE } from "../src/deployDraft";

const DRAFT: DeployDraft = {
  step: "spec", notebook: "a.ipynb", cells: ["c1", 3], handler: "x", edited: null, files: ["handler.py"], choice: NO_CHOICE,
};

function memory(): Storage & { readonly items: Map<string, string> } {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  } as Storage & { readonly items: Map<string, string> };
}

describe("DraftStore", () => {
  it("gives back what was kept, to the same server alone, until it is cleared", () => {
    const storage = memory();
    const store = new DraftStore(storage, "/user/ada/iris/");
    expect(store.load()).toBeNull();
    store.save(DRAFT);
    expect(store.load()).toEqual(DRAFT);
    expect(new DraftStore(storage, "/user/ada/other/").load()).toBeNull();
    store.clear();
    expect(store.load()).toBeNull();
  });

  it.each(["{", "[]", "null", '"x"', '{"step": "spec"}'])("takes %s for nothing", (text) => {
    const storage = memory();
    new DraftStore(storage, "/").save(DRAFT);
    storage.items.forEach((_, key) => storage.items.set(key, text));
    expect(new DraftStore(storage, "/").load()).toBeNull();
  });

  it("lives without storage", () => {
    const forbidden = (): never => { throw new Error("forbidden"); };
    const store = new DraftStore({ getItem: forbidden, setItem: forbidden, removeItem: forbidden }, "/");
    store.save(DRAFT);
    store.clear();
    expect(store.load()).toBeNull();
  });
});
