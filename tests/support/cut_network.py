"""A network between a program and its database, which can be cut: packets vanish, and nobody hears of it."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit


class Wire:
    """A TCP port that leads to a server's socket; while it is cut, connections stay open and nothing passes."""

    def __init__(self, target: str) -> None:
        """`target`: the path of a Unix socket."""
        self._target = target
        self._passes = threading.Event()
        self._passes.set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.port: int = self._listener.getsockname()[1]
        self._ends: list[socket.socket] = []
        threading.Thread(target=self._accept, name="wire", daemon=True).start()

    def cut(self) -> None:
        self._passes.clear()

    def mend(self) -> None:
        """What was on its way arrives late."""
        self._passes.set()

    def close(self) -> None:
        self._passes.set()
        for end in (self._listener, *self._ends):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                far.connect(self._target)
                self._ends += [near, far]
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                self._passes.wait()
                sink.sendall(data)
        self._passes.wait()
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextmanager
def wire_to(url: str) -> Iterator[tuple[Wire, str]]:
    """A wire to the database at `url`, whose server listens on a Unix socket, and the URL that leads through it."""
    parts = urlsplit(url)
    (folder,) = parse_qs(parts.query)["host"]
    wire = Wire(f"{folder}/.s.PGSQL.5432")
    try:
        yield wire, f"postgresql://{parts.username}@127.0.0.1:{wire.port}{parts.path}"
    finally:
        wire.close()
