"""A real process that swaps two names as fast as it can, while the platform works there."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_SWAP = """
import ctypes, os, sys
one, other = map(os.fsencode, sys.argv[1:])
exchange = ctypes.CDLL(None).renameat2
print("swapping", flush=True)
while True:
    exchange(-100, one, -100, other, 2)
"""


@contextlib.contextmanager
def swapping(one: Path, other: Path) -> Iterator[None]:
    """While the block runs, what is at `one` is now and then what is at `other`; where one is gone, nothing happens."""
    argv = [sys.executable, "-S", "-c", _SWAP, str(one), str(other)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline()
            yield
        finally:
            process.kill()
