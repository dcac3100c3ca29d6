/** Looks whether the project still exists, once its notebook server does not answer as it should. */

const PAUSE_MS = 3_000;
const NOT_FOUND = 404;

/** Asks the platform itself, past the notebook server: a deleted project's server is gone, too. */
export class ProjectWatch {
  private lookedAt = -PAUSE_MS;
  private gone = false;

  /** `project` is `owner/name`; `onGone` is called once. */
  constructor(
    private readonly project: string,
    private readonly onGone: () => void,
    private readonly request: (address: string) => Promise<Pick<Response, "status" | "json">> = ask,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Whether the platform knows the project no longer. */
  get isGone(): boolean {
    return this.gone;
  }

  /** Looks, unless it has just looked. Anything but the platform's own word that there is none means nothing. */
  async look(): Promise<void> {
    if (this.gone || this.now() - this.lookedAt < PAUSE_MS) {
      return;
    }
    this.lookedAt = this.now();
    try {
      const answer = await this.request(`/api/v1/projects/${this.project.split("/").map(encodeURIComponent).join("/")}`);
      if (answer.status === NOT_FOUND && isAboutProject(await answer.json())) {
        this.tellOnce();
      }
    } catch {
      // no answer: the network or the platform is away, and the project may be well
    }
  }

  private tellOnce(): void {
    if (!this.gone) {
      this.gone = true;
      this.onGone();
    }
  }
}

function isAboutProject(document: unknown): boolean {
  return typeof document === "object" && document !== null && "project" in document;
}

function ask(address: string): Promise<Response> {
  return fetch(address, { headers: { Accept: "application/json" }, cache: "no-store" });
}
