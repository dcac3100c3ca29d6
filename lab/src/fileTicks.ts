/** Which files are ticked of those that a release, or a version of a module, could hold. */

interface IFile {
  readonly path: string;
  readonly bytes: number;
  /** Whether it is proposed. */
  readonly ticked: boolean;
}

/** Needed files are ticked; what a person decided otherwise stays so when they are looked for again. */
export class FileTicks {
  private offered: readonly IFile[] = [];
  private ticked = new Set<string>();

  /** What there is now. */
  offer(files: readonly IFile[]): void {
    const before = this.ticked;
    const decided = new Set(this.offered.filter((file) => file.ticked !== before.has(file.path)).map((file) => file.path));
    const now = files.filter(({ path, ticked }) => (decided.has(path) ? before.has(path) : ticked));
    this.offered = files;
    this.ticked = new Set(now.map((file) => file.path));
  }

  /** Takes these, as far as they are offered. */
  restore(paths: readonly string[]): void {
    const there = new Set(this.offered.map((file) => file.path));
    this.ticked = new Set(paths.filter((path) => there.has(path)));
  }

  /** The next ones begin with what is proposed. */
  forget(): void {
    this.offered = [];
  }

  has(path: string): boolean {
    return this.ticked.has(path);
  }

  set(path: string, ticked: boolean): void {
    if (ticked) {
      this.ticked.add(path);
    } else {
      this.ticked.delete(path);
    }
  }

  /** Those that are ticked, by name. */
  get paths(): string[] {
    return [...this.ticked].sort();
  }
}
