import { messageOf } from "@openmo/shared/problems";
import type { SentFileView } from "@openmo/shared/rest-api";
import { Upload, type DetailedError } from "tus-js-client";
import { csrfToken } from "../ui/post";
import { CheckedStack, hex, sha256 } from "./checked-stack";
import { refusalOf } from "./refusals";
import type { LocalFile } from "./sources";

export type FileState = "waiting" | "sending" | "whole" | "failed";

/** A file on its way. */
export interface Item {
  readonly local: LocalFile;
  state: FileState;
  /** How much of it the server has, as far as is known. */
  sent: number;
  problem: string;
  upload: Upload | null;
}

const AT_ONCE = 3;
const PART_BYTES = 8 << 20;
const RETRY_MS = [0, 500, 1000, 3000, 5000, 10_000, 20_000, 30_000];

/** Sends files to one upload session, a few at a time; the newest of two with one path counts. */
export class Queue {
  readonly items = new Map<string, Item>();
  paused = false;
  private readonly stack = new CheckedStack();

  constructor(
    private readonly session: string,
    private readonly there: ReadonlyMap<string, SentFileView>,
    private readonly changed: () => void,
  ) {}

  add(files: readonly LocalFile[]): void {
    for (const local of files) {
      void this.items.get(local.path)?.upload?.abort();
      this.items.set(local.path, { local, state: "waiting", sent: 0, problem: "", upload: null });
    }
    this.next();
  }

  pause(): void {
    this.paused = true;
    for (const item of this.items.values()) if (item.state === "sending") void item.upload?.abort();
    this.changed();
  }

  resume(): void {
    this.paused = false;
    for (const item of this.items.values()) if (item.state === "sending") item.upload?.start();
    this.next();
  }

  retry(item: Item): void {
    item.state = "waiting";
    item.problem = "";
    this.next();
  }

  /** The file is not sent after all. */
  async remove(item: Item): Promise<void> {
    this.items.delete(item.local.path);
    const address = item.upload?.url;
    await item.upload?.abort();
    if (address) await fetch(address, { method: "DELETE", headers: { ...headers(), "Tus-Resumable": "1.0.0" } });
    this.next();
  }

  get isWhole(): boolean {
    return [...this.items.values()].every((item) => item.state === "whole");
  }

  get sendingNow(): boolean {
    return [...this.items.values()].some((item) => item.state === "sending" || item.state === "waiting");
  }

  private next(): void {
    let free = AT_ONCE;
    for (const item of this.items.values()) if (item.state === "sending") free--;
    for (const item of this.items.values()) {
      if (free <= 0 || this.paused) break;
      if (item.state !== "waiting") continue;
      free--;
      item.state = "sending";
      void this.send(item).catch((error: unknown) => this.failed(item, messageOf(error)));
    }
    this.changed();
  }

  private async send(item: Item): Promise<void> {
    const { file, path } = item.local;
    const digest = file.size <= PART_BYTES ? await sha256(file) : null;
    const known = this.there.get(path);
    if (digest && known?.sha256 === hex(digest) && known.bytes === file.size && known.offset === file.size) {
      this.whole(item);
      return;
    }
    const upload = new Upload(file, {
      endpoint: `/api/v1/uploads/${this.session}/files`,
      chunkSize: PART_BYTES,
      retryDelays: RETRY_MS,
      metadata: { path, ...(digest ? { sha256: hex(digest) } : {}) },
      headers: headers(),
      httpStack: this.stack,
      uploadDataDuringCreation: true,
      // One session's own: the same file sent to two datasets is two uploads.
      fingerprint: () => Promise.resolve(`openmo ${this.session} ${path} ${file.size} ${file.lastModified}`),
      storeFingerprintForResuming: file.size > PART_BYTES,
      removeFingerprintOnSuccess: false,
      onShouldRetry: (error) => mayPass(error),
      onProgress: (sent) => {
        item.sent = sent;
        this.changed();
      },
      onSuccess: () => this.whole(item),
      onError: (error) => this.failed(item, refusalOf(error)),
    });
    item.upload = upload;
    const [before] = await upload.findPreviousUploads();
    if (before) upload.resumeFromPreviousUpload(before);
    if (this.items.get(path) === item && !this.paused) upload.start();
  }

  private whole(item: Item): void {
    item.state = "whole";
    item.sent = item.local.file.size;
    this.next();
  }

  private failed(item: Item, problem: string): void {
    item.state = "failed";
    item.problem = problem;
    this.next();
  }
}

const headers = (): Record<string, string> => ({ "X-CSRF-Token": csrfToken() });

/** Whether the same request may go through later. */
function mayPass(error: DetailedError): boolean {
  const status = error.originalResponse?.getStatus() ?? 0;
  return status === 0 || status >= 500 ? status !== 507 : [408, 409, 423, 429, 460].includes(status);
}

/** Nothing of that session is remembered in this browser any more. */
export function forget(session: string): void {
  for (const key of Object.keys(localStorage)) if (key.startsWith(`tus::openmo ${session} `)) localStorage.removeItem(key);
}
