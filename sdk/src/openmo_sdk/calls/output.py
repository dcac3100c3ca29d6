"""What a module prints, on its way to the notebook: both streams in one line, so that they keep their order."""

import io
import os
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from openmo_sdk.calls.frames import STDERR, STDOUT

_MAX_HELD = 8192
_ENDS = (b"\n", b"\r")  # a whole line, or a state of a progress bar


class Output:
    """Both streams. `send(kind, data, flushed)` hands a piece to the other side, undisturbed within `undisturbed`."""

    def __init__(
        self, send: Callable[[int, bytes, bool], None], undisturbed: AbstractContextManager[None, None]
    ) -> None:
        self._send = send
        self._undisturbed = undisturbed
        self._lock = threading.RLock()
        self._kind, self._held = STDOUT, bytearray()

    def install(self) -> None:
        """From here on print and everything else of Python's goes this way; a forked process leaves it."""
        sys.stdout = self._stream(STDOUT, 1)
        sys.stderr = self._stream(STDERR, 2)
        os.register_at_fork(after_in_child=_print_plainly)

    def write(self, kind: int, data: bytes) -> None:
        """Goes on as soon as a line is whole."""
        with self._undisturbed, self._lock:
            if kind != self._kind:
                self.flush(wanted=False)
                self._kind = kind
            self._held += data
            if len(self._held) >= _MAX_HELD or any(end in data for end in _ENDS):
                self.flush(wanted=False)

    def flush(self, *, wanted: bool = True) -> None:
        """What is held goes on; `wanted`: by the module, so that whoever shows it should not wait either."""
        with self._undisturbed, self._lock:
            if self._held:
                data = bytes(self._held)
                self._held.clear()
                self._send(self._kind, data, wanted)

    def _stream(self, kind: int, descriptor: int) -> io.TextIOWrapper:
        raw: Any = _Raw(self, kind, descriptor)
        return io.TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace", write_through=True)


class _Raw(io.RawIOBase):
    def __init__(self, output: Output, kind: int, descriptor: int) -> None:
        self._output, self._kind, self._descriptor = output, kind, descriptor

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor  # where programs that the module starts print

    def write(self, data: Any) -> int:
        copied = bytes(data)
        self._output.write(self._kind, copied)
        return len(copied)

    def flush(self) -> None:
        self._output.flush()


def _print_plainly() -> None:
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        plain = open(descriptor, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
        setattr(sys, name, plain)
