import { PlatformError } from "@openmo/shared/problems";
import { need } from "../ui/dom";

/** Draws by `work`, and says in the board's own place when what it would draw is damaged: no chart is not the same as none. */
export async function sayingDamage(root: HTMLElement, work: () => Promise<void>): Promise<void> {
  const place = need<HTMLElement>(root, "[data-damaged]");
  try {
    await work();
    place.hidden = true;
  } catch (reason) {
    if (reason instanceof PlatformError && reason.code === "damaged") {
      need(place, "p").textContent = reason.message;
      place.hidden = false;
    }
    throw reason;
  }
}
