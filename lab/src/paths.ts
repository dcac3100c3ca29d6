/** Paths of the file browser: relative to the server's root, with forward slashes. */

export function isPythonScript(path: string): boolean {
  return path.toLowerCase().endsWith(".py");
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Where a notebook's export is written: `<name>.py` in the same folder. */
export function exportTarget(notebookPath: string): string {
  return `${notebookPath.replace(/\.ipynb$/i, "")}.py`;
}
