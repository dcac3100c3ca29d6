"""Run commands at once: what the last one says is shown as it comes, what the others say in the end.

Exits with 1 when any of them fails. What stops this stops them.
"""

import shlex
import signal
import subprocess
import sys
import tempfile


def main(commands: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    *quiet, shown = commands
    outputs = [tempfile.TemporaryFile() for _ in quiet]  # noqa: SIM115 (as long as the program)
    running = [
        subprocess.Popen(shlex.split(command), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        for command, output in zip(quiet, outputs, strict=True)
    ]
    running.append(subprocess.Popen(shlex.split(shown)))
    try:
        codes = [process.wait() for process in reversed(running)][::-1]
    except BaseException:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()
        raise
    for command, code, output in zip(quiet, codes, outputs, strict=False):
        output.seek(0)
        print(f"--- {command}: {'failed' if code else 'passed'}", output.read().decode(errors="replace"), sep="\n")
    if failed := [command for command, code in zip(commands, codes, strict=True) if code]:
        print("Failed:", *failed, sep="\n  ")
    return bool(failed)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
