/** Installing packages into the project, as `!pip install` in a notebook does: into its own folder, by its own kernel. */
import type { Kernel, KernelMessage } from "@jupyterlab/services";

/** Installs these lines of a requirements.txt; `onLine` gets what pip prints. Rejects with pip's last words. */
export type Installer = (lines: readonly string[], onLine: (line: string) => void) => Promise<void>;

/** A kernel of its own, so that neither a busy notebook waits for pip nor pip for it. */
export function kernelInstaller(kernels: Pick<Kernel.IManager, "startNew">, failed: string): Installer {
  return async (lines, onLine) => {
    const kernel = await kernels.startNew({ name: "python3" });
    try {
      let last = "";
      const future = kernel.requestExecute({ code: installCode(lines), store_history: false, allow_stdin: false });
      future.onIOPub = (message) => {
        for (const line of printed(message)) {
          last = line;
          onLine(line);
        }
      };
      const { content } = await future.done;
      if (content.status !== "ok") {
        throw new Error(last === "" ? failed : `${failed} ${last}`);
      }
    } finally {
      await kernel.shutdown();
      kernel.dispose();
    }
  };
}

/** The lines are texts in the code, and arguments of pip that cannot be taken for options. */
export function installCode(lines: readonly string[]): string {
  return [
    "import json, subprocess, sys",
    `wanted = json.loads(${JSON.stringify(JSON.stringify(lines))})`,
    "command = [sys.executable, '-m', 'pip', 'install', '--no-input', '--disable-pip-version-check', '--', *wanted]",
    "process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)",
    "for line in process.stdout: print(line, end='', flush=True)",
    "if process.wait(): raise SystemExit(1)",
  ].join("\n");
}

function printed(message: KernelMessage.IIOPubMessage): string[] {
  if (message.header.msg_type !== "stream") {
    return [];
  }
  const { text } = message.content as KernelMessage.IStreamMsg["content"];
  return text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
}
