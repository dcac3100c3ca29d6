// @vitest-environment jsdom
import type { TranslationBundle } from "@jupyterlab/translation";
import type { AppFiles } from "@openmo/shared/rest-api";
import { beforeEach, describe, expect, it, vi } from "vitest";

import type { Preparation, ReleaseRequest } from "../src/app";
import { DeployFlow } from "../src/deployFlow";
import { FilesStep } from "../src/widgets/deploy/filesStep";
import type { IStepContext } from "../src/widgets/deploy/step";

// Lumino's classes want it when they are loaded, and jsdom has none.
vi.hoisted(() => { Object.assign(globalThis, { DragEvent: class extends MouseEvent {} }); });

// JupyterLab's buttons and icons, which load half of it.
vi.mock("../src/buttons", () => ({
  button: (text: string, act: () => void) => {
    const made = document.createElement("button");
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  },
}));

const trans = { __: (text: string, ...values: unknown[]) => text.replace(/%(\d)/g, (_, at: string) => String(values[Number(at) - 1])) };
const file = (path: string, ticked: boolean) => ({ path, bytes: 1, ticked, reason: null, needed_by: "" });
const RELEASE = { version: "2.0.0", channel: "release", page: "", calls: "" } as const;

function made() {
  const sent: ReleaseRequest[] = [];
  const went: string[] = [];
  const flow = new DeployFlow({
    prepareApp: () => Promise.reject<Preparation>(new Error("no notebook")),
    writeOutSpec: () => Promise.reject(new Error("no spec")),
    appFiles: () => Promise.reject<AppFiles>(new Error("no files")),
    writeAppFiles: () => Promise.resolve(),
    releaseCandidates: () => Promise.resolve({ items: [file("handler.py", true), file("big.bin", false)], truncated: false, version: "1.0.1", warnings: [] }),
    deploy: (request) => {
      sent.push(request);
      return Promise.resolve(RELEASE);
    },
  });
  const context = { flow, trans: trans as TranslationBundle, go: (to: string) => went.push(to) } as unknown as IStepContext;
  return { flow, sent, went, context };
}

const control = <T extends Element>(step: FilesStep, selector: string): T => {
  const found = step.node.querySelector<T>(selector);
  if (found === null) {
    throw new Error(selector);
  }
  return found;
};
const type = (field: HTMLInputElement | HTMLTextAreaElement, value: string): void => {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
};
const press = (step: FilesStep, label: string): void => {
  [...step.node.querySelectorAll("button")].find((one) => one.textContent === label)?.click();
};

beforeEach(() => { document.body.replaceChildren(); });

describe("FilesStep", () => {
  it("shows again what was typed and ticked before going back", async () => {
    const { flow, went, context } = made();
    await flow.findCandidates();
    const first = new FilesStep(context);
    document.body.append(first.node);
    type(control<HTMLInputElement>(first, "input[type=text]"), "2.0.0");
    type(control<HTMLTextAreaElement>(first, "textarea"), "typed early");
    first.node.querySelectorAll<HTMLInputElement>("li input")[1]?.click();
    press(first, "Back");
    expect(went).toEqual(["start"]);
    first.dispose();
    await flow.findCandidates();
    const second = new FilesStep(context);
    expect(control<HTMLInputElement>(second, "input[type=text]").value).toBe("2.0.0");
    expect(control<HTMLTextAreaElement>(second, "textarea").value).toBe("typed early");
    expect([...second.node.querySelectorAll<HTMLInputElement>("li input")].map((box) => box.checked)).toEqual([true, true]);
  });

  it("takes nothing that is typed while it deploys, and sends what was typed before", async () => {
    const { flow, sent, went, context } = made();
    await flow.findCandidates();
    const step = new FilesStep(context);
    type(control<HTMLTextAreaElement>(step, "textarea"), "of this release");
    press(step, "Deploy");
    expect(control<HTMLElement>(step, ".openmo-Deploy-body").inert).toBe(true);
    await vi.waitFor(() => { expect(went).toEqual(["result"]); });
    expect(sent).toMatchObject([{ notes: "of this release", files: ["handler.py"] }]);
    expect(control<HTMLElement>(step, ".openmo-Deploy-body").inert).toBe(false);
  });
});
