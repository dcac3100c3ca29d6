"""Sockets, shared memory, queues, keys and a terminal of others, and what was done to them."""

import contextlib
import ctypes
import os
import socket
import struct
import threading
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

from support.processes import wait_for

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


class Services:
    """What listens, and what is shared by name, outside: one of each, for all attempts of a run."""

    def __init__(self, folder: Path, user: int | None) -> None:
        self.secret = token_hex(8)
        self._heard: list[bytes] = []
        self._folder = folder
        self._user = user
        self._sockets: list[socket.socket] = []
        self._ends = contextlib.ExitStack()
        self._stopped = threading.Event()

    def start(self) -> dict[str, object]:
        """What attempts are told of them."""
        name = f"openmo-{token_hex(6)}"
        stream, datagram = str(self._folder / f"{name[-6:]}.s"), str(self._folder / f"{name[-6:]}.d")
        self._addresses = (
            (socket.SOCK_STREAM, stream), (socket.SOCK_DGRAM, datagram),
            (socket.SOCK_STREAM, f"\0{name}"), (socket.SOCK_DGRAM, f"\0{name}.d"),
        )  # fmt: skip
        for kind, address in self._addresses:
            self._listen(kind, address)
        for path in (stream, datagram):
            Path(path).chmod(0o777)
            self._ends.callback(Path(path).unlink)
        return {
            "socket": stream, "datagram": datagram, "abstract": name, "memory": name, "key": name,
            "terminal": self._terminal(), "ipc_key": self._ipc(name), **self._network(),
        }  # fmt: skip

    def _listen(self, kind: socket.SocketKind, address: str) -> None:
        server = self._ends.enter_context(socket.socket(socket.AF_UNIX, kind))
        server.bind(address)
        if kind is socket.SOCK_STREAM:
            server.listen(64)
        server.settimeout(0.2)
        threading.Thread(target=self._hear, args=(server, kind), daemon=True).start()

    def _hear(self, server: socket.socket, kind: socket.SocketKind) -> None:
        while not self._stopped.is_set():
            with contextlib.suppress(OSError):
                if kind is socket.SOCK_DGRAM:
                    self._heard.append(server.recv(4096))
                else:
                    with server.accept()[0] as client:
                        client.settimeout(2)
                        self._heard.append(client.recv(4096))

    def _terminal(self) -> str:
        ours, theirs = os.openpty()
        os.set_blocking(ours, False)
        self._ends.callback(os.close, theirs)
        self._ends.callback(self._read_terminal, ours)
        if self._user is not None:
            os.chown(os.ttyname(theirs), self._user, -1)
        self._pty = ours
        return os.ttyname(theirs)

    def _read_terminal(self, ours: int) -> None:
        os.close(ours)

    def _ipc(self, name: str) -> int:
        key, create = int(token_hex(3), 16) + 1, 0o1000
        memory = _libc.shmget(key, 4096, create | 0o666)
        _libc.shmat.restype = ctypes.c_void_p
        at = _libc.shmat(memory, None, 0)
        ctypes.memmove(at, self.secret.encode(), len(self.secret))
        _libc.shmdt(ctypes.c_void_p(at))
        queue, semaphore = _libc.msgget(key, create | 0o666), _libc.semget(key, 1, create | 0o666)
        _libc.msgsnd(queue, struct.pack("=q", 1) + self.secret.encode(), len(self.secret), 0)
        for remove, number in ((_libc.shmctl, memory), (_libc.msgctl, queue)):
            self._ends.callback(remove, number, 0, None)
        self._ends.callback(_libc.semctl, semaphore, 0, 0)
        self._semaphore = semaphore
        shared = Path("/dev/shm", name)
        shared.write_text(self.secret)
        shared.chmod(0o666)
        if self._user is not None:
            os.chown(shared, self._user, self._user)
        self._shared = shared
        self._ends.callback(shared.unlink, missing_ok=True)
        if os.uname().machine == "x86_64":
            self._posix_queue(name)
            _as_user(self._user, lambda: self._key(name, add=True))
            self._ends.callback(_as_user, self._user, lambda: self._key(name, add=False))
        return key

    def _posix_queue(self, name: str) -> None:
        before = os.umask(0)
        queue = _libc.syscall(240, name.encode(), os.O_RDWR | os.O_CREAT, 0o666, None)
        os.umask(before)
        if queue >= 0:
            _libc.syscall(242, queue, self.secret.encode(), len(self.secret), 0, None)
            os.close(queue)
            self._ends.callback(_libc.syscall, 241, name.encode())

    def _key(self, name: str, *, add: bool) -> None:
        """In the keyring of the system user, which all its processes share."""
        kind, ring = b"user", -4
        if add:
            number = _libc.syscall(248, kind, name.encode(), self.secret.encode(), len(self.secret), ring)
            _libc.syscall(250, 5, number, 0x3F3F0000)
        else:
            _libc.syscall(250, 9, _libc.syscall(250, 10, ring, kind, name.encode(), 0), ring)

    def _network(self) -> dict[str, object]:
        server = self._ends.enter_context(socket.create_server(("127.0.0.1", 0)))
        client = self._ends.enter_context(socket.create_connection(server.getsockname()))
        self._accepted = self._ends.enter_context(server.accept()[0])
        return {
            "listeners": [server.getsockname()[1]],
            "connection": [client.getsockname()[1], server.getsockname()[1]],
        }

    def changed(self) -> list[str]:
        """What of them is other than it was made."""
        found = []
        if _libc.semctl(self._semaphore, 0, 12) != 0:
            found.append("the semaphore was changed")
        if not self._shared.exists() or self._shared.read_text() != self.secret:
            found.append("the shared memory was changed")
        return found

    def hear(self) -> bytes:
        """Everything that arrived; what was sent before is among it, since it comes in order."""
        for number, (kind, address) in enumerate(self._addresses):
            last = f"last of {number}".encode()
            with socket.socket(socket.AF_UNIX, kind) as client:
                client.connect(address)
                client.sendall(last)
            wait_for(lambda last=last: last in self._heard)  # type: ignore[misc]  # a default is how a loop's value is kept
        with contextlib.suppress(OSError):
            while data := os.read(self._pty, 65_536):
                self._heard.append(data)
        return b" ".join(self._heard)

    def close(self) -> None:
        self._stopped.set()
        self._ends.close()


def _as_user(user: int | None, act: Callable[[], None]) -> None:
    pid = os.fork()
    if pid == 0:
        try:
            if user is not None:
                os.setgroups([])
                os.setresgid(user, user, user)
                os.setresuid(user, user, user)
            act()
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
