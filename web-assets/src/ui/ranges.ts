/** A slider and the number beside it (`data-range-pair`) say the same, from the moment on that they are there. */
export function linkRanges(): void {
  document.addEventListener(
    "input",
    ({ target }) => {
      if (!(target instanceof HTMLInputElement)) return;
      const pair = pairOf(target.closest("[data-range-pair]"));
      if (!pair) return;
      if (target === pair.slider) pair.number.value = pair.slider.value;
      else follow(pair);
    },
    true,
  );
  document.addEventListener("reset", (event) => setTimeout(() => followAll(event.target as ParentNode)));
  document.addEventListener("DOMContentLoaded", () => followAll(document)); // a reload puts values back without a word
}

interface Pair {
  readonly slider: HTMLInputElement;
  readonly number: HTMLInputElement;
}

function pairOf(box: Element | null): Pair | null {
  const slider = box?.querySelector<HTMLInputElement>("input[type=range]");
  const number = box?.querySelector<HTMLInputElement>("input[type=number]");
  return slider && number ? { slider, number } : null;
}

function followAll(part: ParentNode): void {
  for (const box of part.querySelectorAll("[data-range-pair]")) {
    const pair = pairOf(box);
    if (pair) follow(pair);
  }
}

/** Where the number is left out, its default is what counts. */
function follow({ slider, number }: Pair): void {
  slider.value = number.value || number.defaultValue || slider.min;
}
