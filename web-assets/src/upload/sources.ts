/** A file of the reader's machine, and its path in the dataset. */
export interface LocalFile {
  readonly file: File;
  readonly path: string;
}

const LITTER = new Set([".DS_Store", "Thumbs.db", "desktop.ini"]);

/** What was dropped, folders with all that is in them. */
export async function droppedFiles(data: DataTransfer): Promise<LocalFile[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const found = await Promise.all(entries.map((entry) => filesOf(entry, "")));
  return withoutLitter(found.flat());
}

/** What was chosen by an input, folders included. */
export function chosenFiles(files: FileList): LocalFile[] {
  return withoutLitter([...files].map((file) => ({ file, path: file.webkitRelativePath || file.name })));
}

/**
 * Where the files go: the contents of one folder go to the root, as they do on the command line, and all of it into
 * the folder `into`, when that is named.
 */
export function placed(files: readonly LocalFile[], into: string): LocalFile[] {
  const first = files[0]?.path.split("/")[0] ?? "";
  const only = files.length > 0 && files.every(({ path }) => path.startsWith(`${first}/`));
  const prefix = into.split("/").filter((part) => part.trim() !== "").join("/");
  return files.map(({ file, path }) => {
    const inside = only ? path.slice(first.length + 1) : path;
    return { file, path: prefix ? `${prefix}/${inside}` : inside };
  });
}

function withoutLitter(files: LocalFile[]): LocalFile[] {
  return files.filter(({ path }) => !LITTER.has(path.slice(path.lastIndexOf("/") + 1)));
}

async function filesOf(entry: FileSystemEntry, folder: string): Promise<LocalFile[]> {
  const path = `${folder}${entry.name}`;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ file, path }];
  }
  const found: LocalFile[] = [];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0) return found; // a reader gives a hundred at a time
    for (const each of part) found.push(...(await filesOf(each, `${path}/`)));
  }
}
