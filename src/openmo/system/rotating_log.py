"""Log files that end: a service's output goes through the supervisor, which turns the file over by size."""

import contextlib
import os
from pathlib import Path
from types import TracebackType
from typing import Self


class RotatingLog:
    """Appends bytes to `path`; beyond `limit` bytes the file becomes `path.1`, that becomes `path.2`, up to `kept`."""

    def __init__(self, path: Path, *, limit: int = 10 << 20, kept: int = 3) -> None:
        self._path = path
        self._limit = limit
        self._kept = kept
        self._open()

    def write(self, data: bytes) -> None:
        if self._size + len(data) > self._limit and self._size:
            self._turn_over()
        view = memoryview(data)
        while view:
            written = os.write(self._descriptor, view)
            self._size += written
            view = view[written:]

    def close(self) -> None:
        os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open(self) -> None:
        self._descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._size = os.fstat(self._descriptor).st_size

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}") if number else self._path

    def _turn_over(self) -> None:
        """The file is put aside and a new one begun; where that fails the old one goes on."""
        for number in range(self._kept, 0, -1):
            with contextlib.suppress(FileNotFoundError):
                self._numbered(number - 1).replace(self._numbered(number))
        old = self._descriptor
        self._open()
        os.close(old)


def last_lines(path: Path, count: int = 12) -> str:
    """The end of a log, to show why something failed."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 16_384))
            return "\n".join(file.read().decode(errors="replace").splitlines()[-count:])
    except OSError:
        return ""
