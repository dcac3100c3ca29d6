// @vitest-environment jsdom
import { afterEach, expect, test, vi } from "vitest";
import type { Choices } from "../src/charts/choices";
import { ChartFrame } from "../src/charts/frame";
import type { Picture } from "../src/charts/plot";
import { type SeriesRequest, RefinedCard } from "../src/charts/refined-card";
import type { Kind } from "../src/charts/series";
import { Wall } from "../src/charts/wall";
import { drawn } from "./uplot-double";

const picture: Picture = { lines: [{ label: "", x: [1], y: [1], tone: 0, look: "line" }], bands: [], kind: "step", log: false, range: null };
let near: (entries: { target: Element; isIntersecting: boolean }[]) => void = () => undefined;
const resized: (() => void)[] = [];

class Card extends RefinedCard<{ x_kind: Kind }> {
  readonly frame = new ChartFrame("loss", { onZoom: () => undefined });

  paint(): void {
    if (this.visible) this.frame.paint(picture);
  }

  protected request(): SeriesRequest | null {
    return null;
  }
}

afterEach(() => vi.unstubAllGlobals());

test("charts out of sight are drawn when they come into view, and not before", () => {
  vi.stubGlobal("ResizeObserver", class { constructor(act: () => void) { resized.push(act); } observe = (): void => undefined; });
  vi.stubGlobal("IntersectionObserver", class { constructor(act: typeof near) { near = act; } observe = (): void => undefined; });
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(300);
  const box = document.createElement("div");
  document.body.append(box);
  const wall = new Wall<Card>(box, {} as Choices);
  const cards: [Card, Card] = [new Card(), new Card()];
  cards.forEach((card, at) => wall.add(String(at), card));
  const show = (at: 0 | 1, isIntersecting: boolean): void => near([{ target: cards[at].frame.element, isIntersecting }]);
  const redrawn = (act: () => void): number => {
    drawn.mockClear();
    act();
    return drawn.mock.calls.length;
  };
  const theme = (): boolean => window.dispatchEvent(new CustomEvent("openmo-theme"));
  expect(redrawn(() => ([0, 1] as const).forEach((at) => show(at, true)))).toBe(2);
  expect(redrawn(theme)).toBe(2);
  show(1, false);
  expect(redrawn(theme)).toBe(1);
  expect(redrawn(() => resized.forEach((act) => act()))).toBe(1);
  expect(redrawn(() => show(1, true))).toBe(1);
});
