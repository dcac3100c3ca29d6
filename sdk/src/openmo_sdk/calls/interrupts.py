"""An interrupt of the notebook becomes a KeyboardInterrupt in the module's call, and at no other moment."""

import signal
import threading
from types import FrameType, TracebackType


class Interrupts:
    """Of the main thread, in which calls run. As a context it holds interrupts off until its end."""

    def __init__(self) -> None:
        self.delivered = False
        """Whether the call that runs, or ran last, was interrupted."""
        self._main = threading.main_thread().ident or 0
        self._running: int | None = None
        self._wanted: int | None = None
        self._held = 0
        self._late = False

    def install(self) -> None:
        signal.signal(signal.SIGINT, self._handle)

    def request(self, call: int) -> None:
        """From another thread: interrupt that call, if it runs or is still to come."""
        self._wanted = call
        signal.pthread_kill(self._main, signal.SIGINT)

    def begin(self, call: int) -> None:
        """Raises KeyboardInterrupt for a call that was interrupted before it began."""
        self.delivered = False
        self._running = call
        if self._wanted == call:
            self._raise()

    def end(self) -> None:
        self._running = None

    def __enter__(self) -> None:
        if threading.get_ident() == self._main:
            self._held += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, step: TracebackType | None
    ) -> None:
        if threading.get_ident() != self._main:
            return
        self._held -= 1
        if self._late and not self._held:
            self._late = False
            if self._running is not None:
                self._raise()

    def _handle(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        if self._running is None or self._wanted != self._running:
            return
        if self._held:
            self._late = True
            return
        self._raise()

    def _raise(self) -> None:
        self._wanted = None
        self.delivered = True
        raise KeyboardInterrupt
