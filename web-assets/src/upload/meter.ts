const WINDOW_MS = 10_000;

/** How fast bytes come, and how long the rest will take. */
export class Meter {
  private marks: { at: number; bytes: number }[] = [];

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** So many bytes have come in all. */
  mark(bytes: number): void {
    const at = this.now();
    this.marks.push({ at, bytes });
    while (this.marks.length > 2 && (this.marks[0]?.at ?? at) < at - WINDOW_MS) this.marks.shift();
  }

  /** Bytes a second; 0: not known yet. */
  speed(): number {
    const first = this.marks[0];
    const last = this.marks.at(-1);
    if (!first || !last || last.at <= first.at) return 0;
    return Math.max(0, ((last.bytes - first.bytes) * 1000) / (last.at - first.at));
  }

  /** Seconds; null: not known. */
  secondsLeft(bytes: number): number | null {
    const speed = this.speed();
    return speed > 0 ? bytes / speed : null;
  }

  reset(): void {
    this.marks = [];
  }
}
