"""A working directory for one thread alone, so that loading a module disturbs nobody else.

The working directory belongs to the process, but Linux lets a thread take a copy of its own (unshare(2) with CLONE_FS,
which needs no privilege). Where that is refused, as on macOS, the whole process moves for as long as a module loads.
"""

import contextlib
import ctypes
import os
import sys
from collections.abc import Iterator
from pathlib import Path

_CLONE_FS = 0x200
_O_PATH = getattr(os, "O_PATH", os.O_RDONLY)  # enough to come back to a folder that may not be listed


@contextlib.contextmanager
def working_directory(folder: Path) -> Iterator[None]:
    """Inside the block this thread works in `folder`; other threads stay where they are."""
    _detach_from_other_threads()
    before = os.open(".", _O_PATH)
    try:
        os.chdir(folder)
        try:
            yield
        finally:
            os.fchdir(before)
    finally:
        os.close(before)


def _detach_from_other_threads() -> None:
    # Done again for every module: threads that this one has started since share its directory anew.
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).unshare(_CLONE_FS)
