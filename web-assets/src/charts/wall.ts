import type { Choices } from "./choices";
import type { RefinedCard } from "./refined-card";
import type { Kind, Range } from "./series";
import { Viewport } from "./viewport";

const RETRY_MS = 5000;

/** The cards of a board by the names of their metrics: mounted when they come near the window, zoomed together if wished. */
export class Wall<C extends RefinedCard<{ x_kind: Kind }>> {
  private readonly cards = new Map<string, C>();
  private readonly byElement = new Map<Element, C>();
  private readonly viewport = new Viewport((element, near) => this.onVisibility(element, near));
  private asTable = false;

  constructor(
    private readonly box: HTMLElement,
    private readonly choices: Choices,
  ) {
    window.addEventListener("openmo-theme", () => this.each((card) => card.frame.redraw()));
  }

  get size(): number {
    return this.cards.size;
  }

  get(name: string): C | undefined {
    return this.cards.get(name);
  }

  add(name: string, card: C): void {
    this.cards.set(name, card);
    this.byElement.set(card.frame.element, card);
    if (this.asTable) card.frame.showTable(true);
    this.box.append(card.frame.element);
    this.viewport.watch(card.frame.element);
  }

  each(act: (card: C, name: string) => void): void {
    for (const [name, card] of this.cards) act(card, name);
  }

  /** Every card in view is up to date; rejects when one cannot be. */
  async refresh(): Promise<void> {
    await Promise.all([...this.cards.values()].map((card) => card.refresh()));
  }

  showTables(yes: boolean): void {
    this.asTable = yes;
    this.each((card) => card.frame.showTable(yes));
  }

  zoom(source: C, range: Range | null): void {
    this.each((card) => {
      if (card === source || (this.choices.together && card.kind === source.kind)) card.zoom(range);
    });
  }

  /** Another axis: no range means anything any more. */
  forgetRanges(): void {
    this.each((card) => {
      card.range = null;
    });
    this.refresh().catch(() => undefined);
  }

  private onVisibility(element: Element, near: boolean): void {
    const card = this.byElement.get(element);
    if (!card || card.visible === near) return;
    if (!near) return card.hide();
    card.visible = true;
    card.paint();
    this.fetch(card);
  }

  /** Retries until it succeeds, as long as the card is in view. */
  private fetch(card: C): void {
    card.refresh().catch(() => window.setTimeout(() => card.visible && this.fetch(card), RETRY_MS));
  }
}
