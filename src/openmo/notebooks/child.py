"""The child process that exports one notebook, within its processor time and memory."""

import json
import resource
import signal
import sys

from openmo.notebooks.errors import NotebookError
from openmo.notebooks.export import export_notebook

CPU_SECONDS = 10
TOO_DEEP = 3
"""Its exit status for the one thing that only the export finds wrong with a notebook."""
_MEMORY_BYTES = 2 << 30


def main() -> None:
    """Reads the request from standard input, and writes the script to standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
    request = json.loads(sys.stdin.buffer.read())
    try:
        script = export_notebook(request["notebook"], request["name"], shows_results=request["shows_results"])
    except NotebookError:
        sys.exit(TOO_DEEP)
    sys.stdout.buffer.write(script.encode("utf-8", "surrogatepass"))


if __name__ == "__main__":
    main()
