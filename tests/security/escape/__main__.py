"""Makes the attempts of a plan: `python -m escape PLAN REPORT`."""

import sys

from . import ancestors, devices, files, kernel, memory, mounts, platform_api, processes, sockets, writes
from .attempt import ATTEMPTS, Attempt, main, make_all

__all__ = [
    "ATTEMPTS",
    "Attempt",
    "ancestors",
    "devices",
    "files",
    "kernel",
    "make_all",
    "memory",
    "mounts",
    "platform_api",
    "processes",
    "sockets",
    "writes",
]

if __name__ == "__main__":
    main(sys.argv[1:])
