"""What an attempt to get out of a sandbox is, and the program that makes them: `python -m escape PLAN REPORT`.

This package is copied into the place that it attacks and runs there as any user's code does, with whatever Python the
place has: standard library only. An attempt is given a target of its own, made outside, and whoever made the targets
says what came of it (`support.escapes`); what an attempt itself claims only counts against the sandbox.
"""

import contextlib
import ctypes
import errno
import json
import os
import select
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from time import monotonic

TIMEOUT_SECONDS = 5.0


class Void(Exception):
    """This machine has nothing here to attack."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """What one attempt is made upon. Nothing of it is shared with other attempts but for what says so."""

    token: str
    """A text by which its traces are known."""
    neighbour: str = ""
    """Another project's folder: may be neither read nor written. Holds file.txt, run.sh, link."""
    data: str = ""
    """A dataset's folder: may be read, and not written. Holds file.txt."""
    platform: str = ""
    """The platform's data folder, the same for all."""
    pid: int = 0
    """A process outside, by the number that it has there."""
    environ_at: int = 0
    """Where in its memory the environment lies."""
    handle: str = ""
    """The file handle (name_to_handle_at) of the neighbour's file.txt: type and bytes in hexadecimal."""
    socket: str = ""
    """A named socket that listens, the same for all; so are `datagram` and `abstract`."""
    datagram: str = ""
    abstract: str = ""
    terminal: str = ""
    """A terminal that another process has open."""
    ipc_key: int = 0
    """System V shared memory, semaphore and message queue of others."""
    memory: str = ""
    """The name of a file in /dev/shm, and of a POSIX message queue."""
    key: str = ""
    """The description of a key in the user's keyring."""
    listeners: tuple[int, ...] = ()
    """Ports of 127.0.0.1 on which the platform listens."""
    connection: tuple[int, int] = (0, 0)
    """Local and remote port of a TCP connection of others on 127.0.0.1."""
    originals: dict[str, list[int]] = field(default_factory=dict)
    """Files and folders of the machine: by path, where they lie (st_dev, st_ino)."""
    victim: dict[str, str] = field(default_factory=dict)
    """Another person's things on the platform, by what they are."""

    @classmethod
    def of(cls, values: dict[str, object]) -> "Target":
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in known})  # type: ignore[arg-type]  # JSON's

    @property
    def file(self) -> str:
        return f"{self.neighbour}/file.txt"

    def original(self, path: str) -> os.stat_result:
        """What the path leads to, where that is the machine's own and not the sandbox's."""
        found = os.stat(path)
        if [found.st_dev, found.st_ino] != self.originals.get(path):
            raise PermissionError(errno.EACCES, "the sandbox has its own")
        return found


Make = Callable[[Target], object]


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One way out, and what is to stand in it."""

    name: str
    noun: str
    tries: str
    """One sentence, to go on from "It …"."""
    make: Make
    walls: tuple[str, ...]
    """What refuses it, each by itself: names of WALLS, some of which need each other ("Landlock and view")."""
    ordinary: tuple[str, ...] | None
    """The same for who is not root, where that differs."""
    upon: str
    """What it is made upon: `neighbour`, `data`, `platform process`, `neighbour process`, `machine`, `service`."""
    uncontrolled: str
    """Why it cannot be shown to succeed without a sandbox; empty where it can."""
    open_because: str
    """Why nothing refuses it today; empty where something does."""


WALLS = (
    "Landlock",
    "Landlock 3",
    "Landlock 5",
    "Landlock 6",
    "view",
    "capabilities",
    "seccomp",
    "processes",
    "kernel",
    "rights",
)
"""Landlock (from an ABI on), a file system view of its own, dropped capabilities, a filter of system calls, a process
namespace of its own, the kernel whatever the sandbox, the platform's table of rights."""
ATTEMPTS: dict[str, Attempt] = {}


def attempt(
    *walls: str,
    ordinary: Sequence[str] | None = None,
    upon: str | Sequence[str] = "neighbour",
    uncontrolled: str = "",
    open_because: str = "",
    platform: Sequence[str] = (),
    neighbour: Sequence[str] = (),
) -> Callable[[Make], Make]:
    """Lists a function as an attempt, once for each thing that it is made `upon`.

    `platform` and `neighbour` are walls besides that stand before processes of these for root alone: the kernel lets
    nobody look into a process that has more capabilities, as the platform's have.
    """

    def register(make: Make) -> Make:
        several = (upon,) if isinstance(upon, str) else tuple(upon)
        for one in several:
            name = make.__name__ if len(several) == 1 else f"{make.__name__} ({one})"
            extra = tuple({"platform process": platform, "neighbour process": neighbour}.get(one, ()))
            ATTEMPTS[name] = Attempt(
                name=name,
                noun=make.__module__.rpartition(".")[2],
                tries=" ".join((make.__doc__ or "").split()),
                make=make,
                walls=tuple(dict.fromkeys((*walls, *extra))),
                ordinary=walls if extra and ordinary is None else None if ordinary is None else tuple(ordinary),
                upon=one,
                uncontrolled=uncontrolled,
                open_because=open_because,
            )
        return make

    return register


libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long

_NUMBERS = {
    "x86_64": {
        "ioperm": 173, "iopl": 172, "pivot_root": 155, "init_module": 175, "delete_module": 176, "tkill": 200,
        "tgkill": 234, "add_key": 248, "keyctl": 250, "ioprio_set": 251, "migrate_pages": 256, "get_robust_list": 274,
        "move_pages": 279, "rt_tgsigqueueinfo": 297, "perf_event_open": 298, "kcmp": 312, "finit_module": 313,
        "sched_setattr": 314, "kexec_file_load": 320, "bpf": 321, "userfaultfd": 323, "mq_open": 240,
        "mq_timedreceive": 243, "quotactl": 179, "rt_sigqueueinfo": 129, "clone": 56, "seccomp": 317, "renameat2": 316,
    },
}  # fmt: skip
_SINCE_5_0 = {
    "pidfd_send_signal": 424, "io_uring_setup": 425, "io_uring_enter": 426, "open_tree": 428, "move_mount": 429,
    "fsopen": 430, "fsconfig": 431, "fsmount": 432, "pidfd_open": 434, "openat2": 437, "pidfd_getfd": 438,
    "process_madvise": 440, "mount_setattr": 442, "process_mrelease": 448, "fchmodat2": 452, "setxattrat": 463,
    "landlock_create_ruleset": 444,
}  # fmt: skip
"""The same on every architecture."""


def checked(result: int) -> int:
    """The result of a C function; OSError where it is negative."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def call(name: str, *arguments: object) -> int:
    """A system call by its name; Void where this architecture's numbers are not known here."""
    number = _SINCE_5_0.get(name) or _NUMBERS.get(os.uname().machine, {}).get(name)
    if number is None:
        raise Void(f"no number of {name} for {os.uname().machine}")
    wide = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    result: int = libc.syscall(ctypes.c_long(number), *wide)
    return checked(result)


def passes_check(act: Callable[[], object]) -> str:
    """Claims success where a call that cannot work was refused for another reason than missing permission."""
    try:
        act()
    except OSError as error:
        if error.errno in (errno.EPERM, errno.EACCES, errno.ENOSYS):
            raise
        return f"past the check of permission, to {errno.errorcode.get(error.errno or 0)}"
    return "done"


def void_where(setting: str, *values: str) -> None:
    """Void on a machine whose setting (below /proc/sys) lets everybody do this."""
    if Path("/proc/sys", setting).read_text().strip() in values:
        raise Void(f"{setting} lets everybody do this here")


def read(path: str) -> str:
    return Path(path).read_bytes()[:2000].decode("utf-8", "replace")


def make_all(plan: dict[str, dict[str, object]]) -> dict[str, list[str]]:
    """What came of each attempt of the plan: [outcome, what it has to show]."""
    return {name: _make(ATTEMPTS[name], Target.of(target)) for name, target in plan.items()}


def _make(one: Attempt, target: Target) -> list[str]:
    """In a child with a time limit; nothing of it is left afterwards."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.setpgid(0, 0)
            os.close(reader)
            leader = os.getpid()
            said = json.dumps(_outcome(one, target)).encode()
            if os.getpid() == leader:  # not a child of its own that came back
                os.write(writer, said + b"\n")
        finally:
            os._exit(0)
    os.close(writer)
    try:
        text = _line(reader)
    finally:
        os.close(reader)
        with contextlib.suppress(OSError):
            os.kill(-pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
        status = os.waitpid(pid, 0)[1]
    if text.endswith("\n"):
        outcome: list[str] = json.loads(text)
        return outcome
    code = os.waitstatus_to_exitcode(status)
    return ["late" if text is None or code == -signal.SIGKILL else "killed", signal.Signals(-code).name if code else ""]


def _line(reader: int) -> str:
    data, deadline = b"", monotonic() + TIMEOUT_SECONDS
    while not data.endswith(b"\n") and (left := deadline - monotonic()) > 0:
        if select.select([reader], [], [], left)[0]:
            piece = os.read(reader, 65_536)
            if not piece:
                break
            data += piece
    return data.decode()


def _outcome(one: Attempt, target: Target) -> list[str]:
    try:
        shown = one.make(target)
    except OSError as error:
        return ["refused", errno.errorcode.get(error.errno or 0, str(error))]
    except Void as error:
        return ["void", str(error)]
    except BaseException as error:  # noqa: BLE001 (an attempt that breaks proves nothing, and the report says so)
        return ["broken", f"{type(error).__name__}: {error}"[:500]]
    return ["claims", str(shown)[:1500]] if shown else ["refused", "nothing came of it"]


def main(arguments: Sequence[str]) -> None:
    """Reads the plan, writes the report in one piece."""
    plan, report = arguments
    Path(f"{report}.part").write_text(json.dumps(make_all(json.loads(Path(plan).read_text()))))
    Path(f"{report}.part").rename(report)
