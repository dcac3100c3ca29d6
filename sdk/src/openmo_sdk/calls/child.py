"""The process of a module in its own environment, as its parent holds it: started, listened to, interrupted, ended."""

import contextlib
import os
import select
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

from openmo_sdk.calls import frames
from openmo_sdk.calls.frames import STDERR, STDOUT, Frame
from openmo_sdk.calls.interpreters import variables_for
from openmo_sdk.calls.parcel import BadFrame
from openmo_sdk.calls.printing import Printer
from openmo_sdk.calls.serving import NUMBER

_START = Path(__file__).with_name("start.py")
_END_SECONDS = 5.0
_PIPE_BYTES = 64 << 10


class Child:
    """Both ends of sockets and pipes are closed by `end`, which also leaves no zombie."""

    def __init__(self, python: Path) -> None:
        """Starts it; raises OSError."""
        self._printer = Printer()
        self._poll = select.poll()
        self.connection, theirs = socket.socketpair()
        self.control, control = socket.socketpair()
        # A parent's death is reported when the thread ends that started the child: only the main one lives as long.
        dies = threading.current_thread() is threading.main_thread()
        words = [theirs.fileno(), control.fileno(), os.getpid(), int(dies)]
        try:
            self._process = subprocess.Popen(
                [str(python), "-I", str(_START), *map(str, words)],
                bufsize=0,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=variables_for(python, os.environ),
                pass_fds=(theirs.fileno(), control.fileno()),
                process_group=0,  # Ctrl-C reaches this process alone, which hands it on to the call that runs
            )
        except BaseException:
            self.connection.close()
            self.control.close()
            raise
        finally:
            theirs.close()
            control.close()
        self.control.setblocking(False)
        self._pipes = {
            pipe.fileno(): source
            for pipe, source in ((self._process.stdout, -STDOUT), (self._process.stderr, -STDERR))
            if pipe is not None
        }
        for descriptor in (self.connection.fileno(), *self._pipes):
            self._poll.register(descriptor, select.POLLIN)

    @property
    def pid(self) -> int:
        return self._process.pid

    def alive(self) -> bool:
        return self._process.poll() is None

    def frames(self) -> Iterator[Frame]:
        """What it answers; what it prints meanwhile is printed. Ends with it; raises BadFrame."""
        while True:
            ready = {descriptor for descriptor, _ in self._poll.poll()}
            self._print_pipes(ready)
            if self.connection.fileno() not in ready:
                continue
            frame = self._receive()
            if frame is None:
                return
            if frame.kind in (STDOUT, STDERR):
                self._printer.write(frame.kind, frame.inline, flush=bool(frame.document))
                continue
            self.print_rest()
            yield frame

    def send(self, document: bytes, inline: bytes | bytearray, descriptors: list[int]) -> None:
        """A call; raises BadFrame when it is gone."""
        try:
            frames.send(self.connection, frames.CALL, document, inline, descriptors)
        except OSError as error:
            raise BadFrame("the connection is broken") from error

    def print_rest(self) -> None:
        """What programs have printed that the module started."""
        while ready := {descriptor for descriptor, _ in self._poll.poll(0)} & self._pipes.keys():
            self._print_pipes(ready)

    def interrupt(self, call: int) -> None:
        with contextlib.suppress(OSError):
            self.control.send(NUMBER.pack(call))

    def kill(self) -> None:
        with contextlib.suppress(OSError):
            self._process.kill()

    def end(self, *, at_once: bool = False) -> int:
        """How it ended: its exit status, or minus the signal's number. It is given a while, unless `at_once`."""
        self.connection.close()
        self.control.close()
        if at_once:
            self.kill()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process.wait()
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()
        return self._process.returncode

    def forget(self) -> None:
        """In a process that was forked from the parent: it is not ours, so only our copies of the descriptors go."""
        self.connection.close()
        self.control.close()
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()
        self._process.returncode = 0  # nothing to wait for

    def _receive(self) -> Frame | None:
        try:
            return frames.receive(self.connection)
        except OSError as error:
            raise BadFrame("the connection is broken") from error

    def _print_pipes(self, ready: set[int]) -> None:
        for descriptor in ready & self._pipes.keys():
            data = os.read(descriptor, _PIPE_BYTES)
            if data:
                self._printer.write(self._pipes[descriptor], data, flush=True)
            else:  # the module has closed it
                self._poll.unregister(descriptor)
                del self._pipes[descriptor]


def describe_end(status: int) -> str:
    """How a process ended, as part of a sentence."""
    if status >= 0:
        return f"it ended with exit code {status}"
    with contextlib.suppress(ValueError):
        name = signal.Signals(-status).name
        memory = ", as it is when memory runs out" if name == "SIGKILL" else ""
        return f"it was killed by {name}{memory}"
    return f"it was killed by signal {-status}"
