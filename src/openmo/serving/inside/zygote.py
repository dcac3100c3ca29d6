"""A zygote: imports an environment's heavy libraries once and forks a worker in milliseconds.

Started as `zygote DESCRIPTOR MODULE,MODULE,... [namespaces]`; the descriptor is a SEQPACKET socket to the gateway. See
`openmo.serving.inside.messages` for its orders and the reports to it. With `namespaces` each worker gets a PID
namespace of its own.

The zygote stays single-threaded, because only then is fork safe, and it never reads what workers say: each talks to the
gateway over its own socket.
"""

import contextlib
import gc
import importlib
import io
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from openmo.sandbox.inside.namespace_source import NamespaceSource, SpareNamespace
from openmo.serving.inside import serve
from openmo.serving.inside.cpu_limit import CpuLimit
from openmo.serving.inside.messages import Exited, Kill, Ping, Pong, Spawn, Started, Watch, decode_order
from openmo.system import linux
from openmo.system.processes import ProcessTable, kill_tree, proportional_bytes, read_processes

_MAX_MESSAGE_BYTES = 1 << 16
_CLEANUP_TIMEOUT_SECONDS = 3.0
"""What the clean-up after one worker may take."""
_BUSY_INTERVAL_SECONDS, _QUIET_INTERVAL_SECONDS = 0.25, 5.0


@dataclass(slots=True)
class _Child:
    pid: int
    memory: int
    processes: int
    cpus: CpuLimit
    namespace: SpareNamespace | None
    reason: str = ""

    def kill(self) -> None:
        """It ends, with all that it started."""
        if self.namespace is None:
            kill_tree(self.pid)
        else:
            self.namespace.end()


class Zygote:
    """The loop: orders of the gateway first, then ends of children, then one more library while nothing else waits."""

    def __init__(self, control: socket.socket, preload: list[str], namespaces: NamespaceSource | None) -> None:
        self._control = control
        self._namespaces = namespaces
        self._preload = preload
        self._workers: dict[str, _Child] = {}
        self._wakeup, self._signal_end = socket.socketpair()
        self._stopping = False
        self._watch_until = 0.0
        self._next_look = 0.0
        self._filling: list[bytes] = []

    def run(self) -> None:
        """Until the gateway is gone or says stop; then no descendant is left."""
        self._listen_for_signals()
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        poll.register(self._wakeup, select.POLLIN)
        while not self._stopping:
            ready = poll.poll(self._poll_timeout())
            for descriptor, _event in ready:
                if descriptor == self._wakeup.fileno():
                    self._wakeup.recv(4096)
                else:
                    self._obey()
            self._reap()
            if self._workers and time.monotonic() >= self._next_look:
                self._look_at_workers()
            if not ready and self._preload:
                self._load_one()
        for worker in self._workers.values():
            worker.kill()
        self._workers.clear()
        self._namespaces = None
        self._kill_orphans()

    def _poll_timeout(self) -> float | None:
        """Milliseconds that the poll may take."""
        if self._preload:
            return 0
        return max(0.0, self._next_look - time.monotonic()) * 1000 if self._workers else None

    def _listen_for_signals(self) -> None:
        linux.become_subreaper()
        linux.die_with_parent(signal.SIGTERM)
        for end in (self._wakeup, self._signal_end):
            end.setblocking(False)
        signal.set_wakeup_fd(self._signal_end.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _signal, _frame: None)
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the gateway decides

    def _stop(self, _signal: int, _frame: object) -> None:
        self._stopping = True

    def _load_one(self) -> None:
        name = self._preload.pop(0)
        with contextlib.suppress(Exception):  # what is not installed, or broken, is the handlers' own affair
            importlib.import_module(name)
        if not self._preload:
            with contextlib.suppress(OSError):
                serve.rehearse()
            gc.collect()
            self._filling = _fill_gaps()

    def _obey(self) -> None:
        data, descriptors, _flags, _address = socket.recv_fds(self._control, _MAX_MESSAGE_BYTES, 2)
        if not data:
            self._stopping = True
            return
        match decode_order(data):
            case Spawn() as order:
                self._spawn(order, descriptors)
            case Watch(seconds=seconds):
                self._watch_until = time.monotonic() + seconds
                self._next_look = min(self._next_look, time.monotonic() + _BUSY_INTERVAL_SECONDS)
            case Ping():
                self._tell(Pong())
            case Kill(worker=name) if name in self._workers:
                self._workers[name].kill()

    def _spawn(self, order: Spawn, descriptors: list[int]) -> None:
        gc.freeze()  # what is shared stays shared: no collection in a worker writes to these pages
        parent = os.getpid()
        namespace = None if self._namespaces is None else self._namespaces.take()
        pid = os.fork()
        if pid == 0:
            _become_worker(parent, namespace, *descriptors)
        if self._namespaces is not None:
            self._namespaces.leave()
        for descriptor in descriptors:
            os.close(descriptor)
        self._workers[order.worker] = _Child(pid, order.memory, order.processes, CpuLimit(order.cpus), namespace)
        self._tell(Started(worker=order.worker, pid=pid))

    def _look_at_workers(self) -> None:
        """Ends trees that hold too much memory or too many processes, which no rlimit counts per tree.

        Trees that use more cores than they may are kept to fewer.
        """
        table, now = read_processes(), time.monotonic()
        for worker in self._workers.values():
            tree = [worker.pid, *table.descendants(worker.pid)]
            worker.cpus.look(tree, table, now)
            worker.reason = worker.reason or _excess(worker, tree, table)
            if worker.reason:
                worker.kill()
        often = time.monotonic() < self._watch_until
        self._next_look = time.monotonic() + (_BUSY_INTERVAL_SECONDS if often else _QUIET_INTERVAL_SECONDS)

    def _reap(self) -> None:
        reports = []
        for pid, status in _ended_children():
            name = next((name for name, worker in self._workers.items() if worker.pid == pid), None)
            if name is not None:
                worker = self._workers.pop(name)
                if worker.namespace is not None:
                    worker.namespace.close()
                reports.append(Exited(worker=name, status=status, reason=worker.reason))
        if reports:
            self._kill_orphans()
        for report in reports:  # "exited" means that nothing of the worker is left
            self._tell(report)

    def _kill_orphans(self) -> None:
        """What a dead worker started has become ours (we are its subreaper), and so can be found and ended."""
        deadline = time.monotonic() + _CLEANUP_TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            known = {worker.pid for worker in self._workers.values()}
            if self._namespaces is not None:
                known.add(self._namespaces.pid)
            orphans = [pid for pid in read_processes().children.get(os.getpid(), ()) if pid not in known]
            if not orphans:
                break
            kill_tree(*orphans)
            time.sleep(0.001)
        # A worker may have ended meanwhile; its SIGCHLD has woken the poll, so the loop comes back here.

    def _tell(self, report: Started | Exited | Pong) -> None:
        try:
            self._control.send(report.encode())
        except OSError:
            self._stopping = True


def _excess(worker: _Child, tree: list[int], table: ProcessTable) -> str:
    if len(tree) > worker.processes:
        return "processes"
    # Resident sizes count what forks share many times over, so they only say when the exact, slow look is due.
    if sum(table.resident.get(pid, 0) for pid in tree) <= worker.memory:
        return ""
    return "memory" if sum(map(proportional_bytes, tree)) > worker.memory else ""


def _fill_gaps() -> list[bytes]:
    """Objects that take the free places between those of the libraries.

    A worker's first objects would otherwise go there, one here and one there, and each would make a page private. With
    the gaps filled they lie together on new pages: a fifth less private memory. Costs the zygote about 10 MB, once.
    """
    empty = sys.getsizeof(b"")
    sizes = range(48, 513, 16)
    return [bytes(size - empty) for size in sizes for _ in range(4000 if size <= 128 else 1000)]


def _ended_children() -> Iterator[tuple[int, int]]:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        yield pid, status


def _become_worker(parent: int, namespace: SpareNamespace | None, connection: int, log: int) -> None:
    """Never returns; the process keeps its socket and its log, and nothing else of the zygote's."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        os.setsid()
        linux.die_with_parent(signal.SIGKILL)
        linux.become_subreaper()
        here = os.getppid() if namespace is None else parent  # from within it the zygote has no number
        if namespace is not None:
            namespace.enter()
        if here == parent:
            _keep_descriptors(connection, log)
            gc.enable()
            serve.serve(socket.socket(fileno=3))
            code = 0
    except BaseException:  # noqa: BLE001 (reported below; a worker must never fall back into the zygote's loop)
        sys.excepthook(*sys.exc_info())
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
        os._exit(code)  # not sys.exit: what the zygote or the handler registered for the interpreter's end stays unrun


def _keep_descriptors(connection: int, log: int) -> None:
    """0 is empty, 1 and 2 are the log, 3 is the gateway; all others are closed."""
    connection, log = _moved_up(connection), _moved_up(log)
    for target in (1, 2):
        os.dup2(log, target)
    os.dup2(connection, 3, inheritable=False)
    os.closerange(4, max(map(int, os.listdir("/proc/self/fd"))) + 1)  # noqa: PTH208 (every function that runs here makes pages private)


def _moved_up(descriptor: int) -> int:
    """A copy above the numbers that are about to be taken."""
    while descriptor <= 3:
        descriptor = os.dup(descriptor)
    return descriptor


def main() -> None:
    """The entry point of `openmo.serving.inside.zygote` as a program."""
    descriptor, preload = sys.argv[1:3]
    namespaces = NamespaceSource() if "namespaces" in sys.argv[3:] else None
    gc.disable()
    for stream in (sys.stdout, sys.stderr):  # their descriptors become each worker's log
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    control = socket.socket(fileno=int(descriptor))
    Zygote(control, [name for name in preload.split(",") if name], namespaces).run()


if __name__ == "__main__":
    main()
