"""One run of the tests: its folder, what its workers share, and what it must not leave behind.

Everything that a test makes lies in the run's folder, whose path stands in the environment of every test process: so
whatever still runs afterwards and names it in its environment, command line or current folder was left by a test.
"""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil

VARIABLE = "TESTS_FOLDER"
_GONE_SECONDS = 10.0
_PREFIX = "openmo-tests-"
_KEPT = "kept"
_MOST_KEPT = 5


class Run:
    """The folder of a run and what was started for all of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.temporary = folder / "tmp"

    @classmethod
    def begin(cls) -> "Run":
        """Make the folder, and a watchman who ends everything of it when this process ends, however it does."""
        _sweep()
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir="/tmp"))  # short, since sockets' names hold 107 bytes
        folder.chmod(0o711)  # PostgreSQL passes through under an account of its own
        run = cls(folder)
        run.temporary.mkdir(mode=0o700)
        os.environ[VARIABLE] = str(folder)
        os.environ["TMPDIR"] = tempfile.tempdir = str(run.temporary)
        return run

    @classmethod
    def current(cls) -> "Run":
        return cls(Path(os.environ[VARIABLE]))

    def watched(self) -> subprocess.Popen[bytes]:
        """A process that ends what the run left as soon as its input is closed."""
        return subprocess.Popen(
            [sys.executable, "-P", __file__, str(self.folder)], stdin=subprocess.PIPE, process_group=0
        )

    def shared(self, name: str, start: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
        """What the first process of the run that asks for `name` started in its folder; `pid` is its process."""
        folder = self.folder / name
        with self._locked(name):
            facts = folder / "facts.json"
            if not facts.exists():
                folder.mkdir(exist_ok=True)
                facts.write_text(json.dumps(start(folder)))
            return dict(json.loads(facts.read_text()))

    def start(self, command: Sequence[object], *, log: Path, environment: Mapping[str, str] | None = None) -> int:
        """The pid of a process that stays for the rest of the run, whatever becomes of this one."""
        with log.open("wb") as out:
            # In a session of its own: Ctrl-C at the terminal would end it under the tests.
            process = subprocess.Popen(
                [str(word) for word in command],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        process.returncode = 0  # not this process's to wait for
        return process.pid

    def stop_shared(self) -> None:
        """SIGTERM, which each of them takes as the wish to end in order."""
        pids = [json.loads(facts.read_text())["pid"] for facts in self.folder.glob("*/facts.json")]
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        _wait(lambda: not any(lives(pid) for pid in pids), 30.0)

    def left_processes(self, seconds: float = _GONE_SECONDS) -> list[psutil.Process]:
        """Processes of this run that still live after a while; its watchman and this one are none."""
        _wait(lambda: not self._processes(), seconds)
        return self._processes()

    def left_files(self) -> list[Path]:
        """What tests left in the folder for temporary files."""
        return sorted(self.temporary.iterdir())

    def keep(self) -> None:
        """Leave the folder to be looked at."""
        print("What the tests wrote is in", self.folder)
        (self.folder / _KEPT).touch()

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def _processes(self) -> list[psutil.Process]:
        ours = {os.getpid(), os.getppid()}
        return [
            each
            for each in processes_naming(self.folder)
            if each.pid not in ours and not _is_watchman(each) and not is_pythons_own(each)
        ]

    @contextlib.contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        with (self.folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def processes_naming(folder: Path) -> list[psutil.Process]:
    """Living processes whose environment, command line or current folder names the folder."""
    mark, found = str(folder).encode(), []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        with contextlib.suppress(OSError, psutil.Error):
            words = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            if not words and not os.path.lexists(entry / "exe"):
                continue
            if mark in words or str((entry / "cwd").readlink()).encode().startswith(mark):
                process = psutil.Process(int(entry.name))
                if process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
    return found


def described(process: psutil.Process) -> str:
    """The process, and where it listens."""
    try:
        ports = [
            each.laddr.port
            for each in process.net_connections("inet")
            if each.status == psutil.CONN_LISTEN and each.laddr
        ]
        command = " ".join(process.cmdline())[:300]
    except psutil.Error:
        return f"{process.pid} (gone since)"
    return f"{process.pid} {command}" + (f" listening on {ports}" if ports else "")


def kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.kill()


def is_pythons_own(process: psutil.Process) -> bool:
    """Whether it is the helper of multiprocessing that Python starts for a process, and that ends with it."""
    with contextlib.suppress(psutil.Error):
        return "from multiprocessing.resource_tracker import main" in " ".join(process.cmdline())
    return False


def _is_watchman(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return __file__ in process.cmdline()
    return False


def _sweep() -> None:
    """Of the runs that failed, the newest are kept to be looked at; an hour's at least."""
    kept = sorted(Path("/tmp").glob(f"{_PREFIX}*/{_KEPT}"), key=_age)
    for mark in kept[_MOST_KEPT:]:
        if _age(mark) > 3600:
            shutil.rmtree(mark.parent, ignore_errors=True)


def _age(path: Path) -> float:
    """Seconds; none for what another run removes at this moment."""
    with contextlib.suppress(OSError):
        return time.time() - path.stat().st_mtime
    return 0.0


def lives(pid: int) -> bool:
    """Whether the process runs; a zombie does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _wait(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)


def _watch(folder: Path) -> None:
    """Wait for the end of the run; when it was killed, end what it had started and remove its folder."""
    sys.stdin.buffer.read()
    while left := [each for each in processes_naming(folder) if not _is_watchman(each)]:
        kill(left)
        time.sleep(0.1)
    if not (folder / _KEPT).exists():
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    _watch(Path(sys.argv[1]))
