import { need } from "../ui/dom";
import { segments } from "../ui/segments";
import { toggle } from "../ui/toggle";
import { type Choices, saveChoices } from "./choices";

interface Listener {
  /** Another axis: curves must be fetched anew. */
  axis(): void;
  /** Other smoothing or scale: what is known is drawn anew. */
  redraw(): void;
  table(yes: boolean): void;
  filter(words: string[]): void;
}

/** The controls above charts; they show and change `choices`, which this browser remembers. */
export function toolbar(root: HTMLElement, choices: Choices, listener: Listener): void {
  const axis = need<HTMLElement>(root, "[data-axis]");
  for (const button of axis.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.value === choices.axis));
  }
  segments(axis, (value) => {
    choices.axis = value as Choices["axis"];
    saveChoices(choices);
    listener.axis();
  });
  segments(need(root, "[data-view]"), (view) => listener.table(view === "table"));
  slider(root, choices, listener);
  toggle(need(root, "[data-log-scale]"), choices.log, (on) => {
    choices.log = on;
    saveChoices(choices);
    listener.redraw();
  });
  toggle(need(root, "[data-together]"), choices.together, (on) => {
    choices.together = on;
    saveChoices(choices);
  });
  const filter = need<HTMLInputElement>(root, "[data-filter]");
  filter.addEventListener("input", () => listener.filter(searchTerms(filter.value)));
}

/** The parts of a search, each of which a name must hold. */
export const searchTerms = (text: string): string[] => text.toLocaleLowerCase().split(/\s+/).filter(Boolean);

export const matchesTerms = (name: string, parts: string[]): boolean => {
  const plain = name.toLocaleLowerCase();
  return parts.every((part) => plain.includes(part));
};

function slider(root: HTMLElement, choices: Choices, listener: Listener): void {
  const input = need<HTMLInputElement>(root, "[data-smoothing]");
  const shown = need<HTMLOutputElement>(root, "[data-smoothing-value]");
  const show = (): void => {
    shown.textContent = choices.smoothing.toFixed(2);
  };
  input.value = String(choices.smoothing);
  show();
  input.addEventListener("input", () => {
    choices.smoothing = Math.min(0.99, Math.max(0, Number(input.value)));
    saveChoices(choices);
    show();
    listener.redraw();
  });
}
