import { vi } from "vitest";

/** Called as often as a chart is drawn. */
export const drawn = vi.fn();

/** Stands in for uPlot, which draws on a canvas that jsdom does not have. */
export default class UPlot {
  constructor() {
    drawn();
  }

  destroy(): void {
    return;
  }

  setSize(): void {
    drawn();
  }
}
