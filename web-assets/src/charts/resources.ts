import type { ResourcesView } from "@openmo/shared/rest-api";
import { Poller } from "../live/poller";
import { need } from "../ui/dom";
import { getJson } from "../ui/get-json";
import { language, t } from "../ui/texts";
import { short } from "./format";
import { ChartFrame } from "./frame";
import type { Range } from "./series";

const REFRESH_MS = 3000;
const MIB = 2 ** 20;

/** The curves of a job's use, all of one length. */
type Curves = Pick<ResourcesView, "time" | "cpus" | "memory" | "gpus" | "gpu_memory" | "has_gpus">;

/** The curves to draw, by their names; none before the first sample. */
export function curves(found: Curves): Map<string, readonly (number | null)[]> {
  const drawn = new Map<string, readonly (number | null)[]>();
  if (found.time.length === 0) return drawn;
  drawn.set(t("CPUs in use"), found.cpus);
  drawn.set(t("Memory (MiB)"), found.memory.map((bytes) => bytes / MIB));
  if (found.has_gpus) {
    drawn.set(t("GPUs in use"), found.gpus);
    drawn.set(t("GPU memory (MiB)"), found.gpu_memory.map((bytes) => bytes / MIB));
  }
  return drawn;
}

/** CPU, memory and GPU use of a job, refreshed while it runs and the page is visible. */
export class ResourceBoard {
  private readonly cards = new Map<string, ResourceCard>();
  private readonly section: HTMLElement;
  private readonly box: HTMLElement;
  private live = true;
  private readonly poller = new Poller(
    async (signal) => this.draw(await getJson<ResourcesView>(`${this.api}/resources`, {}, signal)),
    () => (this.live ? REFRESH_MS : null),
  );

  constructor(
    root: HTMLElement,
    private readonly api: string,
  ) {
    this.section = need(root, "[data-resources]");
    this.box = need(this.section, ".charts");
    window.addEventListener("openmo-theme", () => this.cards.forEach((card) => card.frame.redraw()));
  }

  /** Draws now, and regularly until `stop`. */
  start(): void {
    void this.poller.now();
  }

  /** The job has ended: one last request. */
  stop(): void {
    this.live = false;
    void this.poller.now();
  }

  private draw(found: Curves): void {
    const drawn = curves(found);
    this.section.hidden = drawn.size === 0;
    for (const [name, y] of drawn) {
      const card = this.card(name);
      card.show(found.time, y);
    }
  }

  private card(name: string): ResourceCard {
    const known = this.cards.get(name);
    if (known) return known;
    const made = new ResourceCard(name);
    this.cards.set(name, made);
    this.box.append(made.frame.element);
    return made;
  }
}

/** One curve, all of which is here already. */
class ResourceCard {
  readonly frame: ChartFrame;
  private x: readonly number[] = [];
  private y: readonly (number | null)[] = [];
  private range: Range | null = null;

  constructor(name: string) {
    this.frame = new ChartFrame(name, {
      onZoom: (range) => {
        this.range = range;
        this.paint();
      },
    });
  }

  show(x: readonly number[], y: readonly (number | null)[]): void {
    this.x = x;
    this.y = y;
    this.frame.say(short(y.at(-1), language()), "");
    this.paint();
  }

  private paint(): void {
    const lines = [{ label: "", x: this.x, y: this.y, tone: 0, look: "line" as const }];
    this.frame.paint({ lines, bands: [], kind: "time", log: false, fromZero: true, range: this.range });
  }
}
