"""Links in a workspace that are followed after all: those that stay in it, and those into what the project imports."""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from openmo.core.hostile.beneath import closing

_STEP = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
_ROOT = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC
_MAX_LINKS = 40


@dataclass(frozen=True, slots=True)
class Reached:
    """What lies at the end of a path."""

    descriptor: int
    """A handle (`O_PATH`), for the caller to close: nothing has been opened, so no FIFO waits and no device acts."""
    imported: bool
    """Whether it lies in a zone instead of the root."""

    @property
    def status(self) -> os.stat_result:
        return os.fstat(self.descriptor)

    def open(self) -> int:
        """A descriptor to read the file or folder with; OSError for anything else."""
        if stat.S_ISDIR(self.status.st_mode):
            return os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=self.descriptor)
        if stat.S_ISREG(self.status.st_mode):
            return os.open(f"/proc/self/fd/{self.descriptor}", os.O_RDONLY | os.O_CLOEXEC)
        raise FileNotFoundError("It is neither a file nor a folder")


def reach(root: Path, path: PurePosixPath, zones: Sequence[Path] = ()) -> Reached:
    """What lies at `path` below `root`; links are followed while they stay there, or lead into one of the `zones`.

    The way is gone step by step and `..` goes back to where it came from, so it never leaves the root (or zone) that
    it is in, whoever changes the links meanwhile. Raises OSError for what is not there, or not inside.
    """
    way = _Way(root, zones)
    try:
        return way.go(path)
    finally:
        way.close()


class _Way:
    def __init__(self, root: Path, zones: Sequence[Path]) -> None:
        self._roots = (root, *zones)
        self._in = 0
        self._steps = [os.open(root, _ROOT)]

    def go(self, path: PurePosixPath) -> Reached:
        ahead = [*reversed(path.parts)]
        links = 0
        while ahead:
            name = ahead.pop()
            if name == "..":
                self._back()
                continue
            step = os.open(name, _STEP, dir_fd=self._steps[-1])
            if not stat.S_ISLNK(os.fstat(step).st_mode):
                self._steps.append(step)
                continue
            with closing(step):
                target = os.readlink("", dir_fd=step)
            if (links := links + 1) > _MAX_LINKS:
                raise FileNotFoundError("Links lead round in a circle")
            ahead += reversed(self._start(PurePosixPath(target)).parts)
        return Reached(os.dup(self._steps[-1]), imported=self._in > 0)

    def close(self) -> None:
        for step in self._steps:
            os.close(step)

    def _back(self) -> None:
        if len(self._steps) == 1:
            raise FileNotFoundError("It lies outside")
        os.close(self._steps.pop())

    def _start(self, target: PurePosixPath) -> PurePosixPath:
        """What is left of a link's target: an absolute one begins anew, in the root or zone that it names."""
        if not target.is_absolute():
            return target
        for number, root in enumerate(self._roots):
            for name in (root, root.resolve()):
                if target.is_relative_to(name):
                    opened = os.open(root, _ROOT)
                    self.close()
                    self._steps, self._in = [opened], number
                    return target.relative_to(name)
        raise FileNotFoundError("It lies outside")
