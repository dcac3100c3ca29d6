"""What lies in `run/` while an installation runs, kept as it was written."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

from openmo.config.settings import is_secret
from openmo.core.hostile.paths import write_over
from openmo.core.plain import read_plain

_LOOK_SECONDS = 1.0


class RunFiles:
    """Files of `run/` that are put back when somebody damages or removes them.

    Every process reads them as it starts, and the command line at each command: without them a restarted process would
    not find the others, or not be believed by them.
    """

    def __init__(self, run: Path, tell: Callable[[str], None]) -> None:
        """`tell` gets a line for each file that was put back."""
        self._run = run
        self._tell = tell
        self._kept: dict[str, bytes] = {}

    def write(self, name: str, data: bytes) -> None:
        """The file holds `data` until the end; raises OSError, as from a full disk, and is tried again later."""
        self._kept[name] = data
        self._write(name)

    def look_after(self) -> None:
        """What is kept is there and whole; secrets that were made meanwhile are kept, too. Raises nothing."""
        for name in [*self._kept]:
            if _read(self._run / name) != self._kept[name]:
                with contextlib.suppress(OSError):  # a full disk: next time
                    self._write(name)
                    self._tell(f"{self._run / name} was damaged or gone: it was put back.")
        for path in self._run.glob("*.secret"):
            if path.name not in self._kept and is_secret(data := _read(path)):
                self._kept[path.name] = data

    async def keep_looking(self) -> None:
        """Looks again and again, until it is cancelled."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            self.look_after()

    def _write(self, name: str) -> None:
        self._run.mkdir(mode=0o700, exist_ok=True)
        write_over(self._run / name, self._kept[name])


def _read(path: Path) -> bytes:
    """Nothing for what is no file."""
    with contextlib.suppress(OSError):
        return read_plain(path)
    return b""
