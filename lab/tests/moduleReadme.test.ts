// @vitest-environment jsdom
import type { TranslationBundle } from "@jupyterlab/translation";
import { describe, expect, it } from "vitest";

import { settleLinks } from "../src/widgets/modules/readme";

const trans = { __: (text: string, value: string) => text.replace("%1", value) } as unknown as TranslationBundle;

function settled(html: string): HTMLElement {
  const readme = document.createElement("div");
  readme.innerHTML = html;
  settleLinks(readme, trans);
  return readme;
}

describe("a README in JupyterLab", () => {
  it("opens what lies in the web beside JupyterLab", () => {
    const link = settled('<a href="https://example.org/a" title="A">there</a>').querySelector("a");
    expect([link?.href, link?.target, link?.rel]).toEqual(["https://example.org/a", "_blank", "noopener"]);
    expect(settled('<img src="https://example.org/a.png" alt="">').querySelector("img")).not.toBeNull();
  });

  it.each(["train.md", "./train.md", "../../hub/logout", "/hub/logout"])("tells %s as a file, and does not lead there", (href) => {
    const readme = settled(`<p>See <a href="${href}">how to <em>train</em></a>.</p>`);
    expect(readme.querySelector("a")).toBeNull();
    expect(readme.textContent).toBe("See how to train.");
    expect(readme.querySelector("span")?.title).toBe(`A file of the module: ${href}`);
    expect(readme.querySelector("em")).not.toBeNull();
  });

  it("shows the words for a picture among the module's files, or its name", () => {
    expect(settled('<img src="a/curve.png" alt="the loss">').textContent).toBe("the loss");
    expect(settled('<a href="https://example.org"><img src="curve.png"></a>').querySelector("a")?.textContent).toBe("curve.png");
    expect(settled('<a href="big.png"><img src="small.png" alt="loss"></a>').innerHTML).not.toMatch(/<(a|img)/);
  });

  it.each(["", "#training", "//example.org/x"])("names no file for %o", (href) => {
    const readme = settled(`<a href="${href}">here</a>`);
    expect([readme.textContent, readme.querySelector("a"), readme.querySelector("span")?.title]).toEqual(["here", null, ""]);
  });
});
