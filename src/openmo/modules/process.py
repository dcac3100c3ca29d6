"""One program over a module's files, in a process of its own: in the sandbox, within limits, and gone afterwards."""

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from secrets import token_hex

from openmo.core.clock import Clock, unix_now
from openmo.core.errors import Conflict
from openmo.core.hostile.beneath import TooDeep
from openmo.core.hostile.folder import HostileFolder
from openmo.core.hostile.trees import remove_tree
from openmo.core.ids import JobId
from openmo.core.plain import open_plain
from openmo.environments.recipes import UserEnvironment
from openmo.execution.executor import Executor, Exit, JobLaunch
from openmo.execution.inside import folder as job_folder
from openmo.sandbox.policy import SandboxPolicy
from openmo.sandbox.variables import child_variables
from openmo.specs.examples import EXAMPLES
from openmo.system.child_python import PACKAGE_FOLDER, child_argv
from openmo.system.records import Record

_LOOK_SECONDS, _DISK_SECONDS = 0.02, 0.5
_OLD_SECONDS = 3600.0
_MAX_LOG = 8 << 10
_DEPTH = 100
_BLOCK = 512
_VARIABLES = {
    "CUDA_VISIBLE_DEVICES": "",  # what others wait for is not taken to try something
    "MKL_NUM_THREADS": "2",
    "MPLBACKEND": "agg",
    "OMP_NUM_THREADS": "2",
    "OPENBLAS_NUM_THREADS": "2",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessLimits:
    """What such a process may use, with all that it starts."""

    seconds: float = 120.0
    memory_bytes: int = 4 << 30
    processes: int = 256
    """Threads included."""
    disk_bytes: int = 2 << 30
    files: int = 20_000
    log_bytes: int = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the process may write, as it is told."""

    work: PurePosixPath
    """Its current folder, as a project is a notebook's."""
    report: PurePosixPath
    """For what it has to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleRun:
    """What is to be run."""

    program: str
    """A program of ours that runs in the user's interpreter, as a Python module."""
    folder: Path
    """The module's files: a tree that nobody changes."""
    order: Callable[[Places], Record]
    """What the program is told."""
    environment: UserEnvironment
    network: bool = False
    files: Mapping[str, Path] = field(default_factory=dict)
    """Files of the platform's own that go into the work folder, by their paths in it; they are moved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How it went. What the process left is there for as long as the block lasts."""

    exit: Exit
    log: str
    """The last lines of what it printed."""
    overfull: bool
    """Whether it was ended since it wrote too much."""
    report: HostileFolder


class ModuleProcess:
    """Runs programs over modules, each in a folder of its own."""

    def __init__(self, executor: Executor, folder: Path, clock: Clock, limits: ProcessLimits) -> None:
        """`folder` is for this alone."""
        self._executor = executor
        self._folder = folder
        self._clock = clock
        self._limits = limits

    @contextmanager
    def run(self, wanted: ModuleRun) -> Iterator[Ended]:
        """Blocks until it has ended, whatever it does; nothing of it is left after the block."""
        self._forget_old()
        folder = self._folder / token_hex(8)
        scratch = HostileFolder(folder / "scratch")
        (folder / "scratch").mkdir(mode=0o700, parents=True)
        try:
            launch = self._launch(wanted, folder, scratch)
            self._executor.start(launch)
            exit_, overfull = self._end(launch.folder, scratch)
            log = _end_of_log(launch.folder)
            yield Ended(exit=exit_, log=log, overfull=overfull, report=scratch.below("report"))
        finally:
            remove_tree(folder)

    def _forget_old(self) -> None:
        """What a process that was killed has left goes, once its program can run no more."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for each in self._folder.iterdir():
            with contextlib.suppress(FileNotFoundError):
                if each.lstat().st_mtime < unix_now() - _OLD_SECONDS:
                    remove_tree(each)

    def _launch(self, wanted: ModuleRun, folder: Path, scratch: HostileFolder) -> JobLaunch:
        work, home, temporary, report = (scratch.below(name) for name in ("work", "home", "tmp", "report"))
        for each in (work, home, temporary, report):
            each.make()
        for path, file in wanted.files.items():
            work.take_in(file, path)
        examples = HostileFolder(wanted.folder).below(EXAMPLES)
        if examples.exists():
            work.place_link(EXAMPLES, examples.whereabouts)
        order = wanted.order(Places(work=work.whereabouts, report=report.whereabouts))
        (folder / "order.json").write_bytes(order.encode())
        environment, python = wanted.environment, wanted.environment.python
        policy = SandboxPolicy(
            read_write=tuple(each.whereabouts for each in (work, home, temporary, report)),
            read_only=(*environment.read_only, PACKAGE_FOLDER, wanted.folder, folder / "order.json"),
            home=home.whereabouts,
            temporary=temporary.whereabouts,
            work=work.whereabouts,
            memory_bytes=self._limits.memory_bytes,
            processes=self._limits.processes,
        )
        return JobLaunch(
            job_id=JobId(folder.name),
            folder=folder / "run",
            argv=child_argv(python, wanted.program, str(folder / "order.json"), isolated=False),
            cwd=work.whereabouts,
            variables=child_variables(
                policy,
                os.environ,
                path=(python.parent,),
                extra={**_VARIABLES, "VIRTUAL_ENV": str(python.parent.parent)},
            ),
            policy=replace(policy, network=wanted.network),
            time_limit=self._limits.seconds,
            grace=1.0,
            log_limit=self._limits.log_bytes,
        )

    def _end(self, folder: Path, scratch: HostileFolder) -> tuple[Exit, bool]:
        """How it ended, and whether that was for what it wrote."""
        overfull, look_at = False, self._clock.monotonic()
        while True:
            seen = self._executor.observe(folder)
            if isinstance(seen, Exit):
                return seen, overfull
            if not overfull and self._clock.monotonic() >= look_at:
                look_at = self._clock.monotonic() + _DISK_SECONDS
                if self._is_overfull(scratch):
                    overfull = True
                    self._executor.terminate(folder)
            time.sleep(_LOOK_SECONDS)

    def _is_overfull(self, scratch: HostileFolder) -> bool:
        size = number = 0
        try:
            for status in scratch.statuses(depth=_DEPTH):
                number += 1
                size += status.st_blocks * _BLOCK
                if size > self._limits.disk_bytes or number > self._limits.files:
                    return True
        except FileNotFoundError:
            return False  # what was seen is gone meanwhile
        except (TooDeep, Conflict, OSError):
            return True  # the module hid something from us
        return False


def _end_of_log(folder: Path) -> str:
    """The last lines of what it printed; the log is the platform's own file."""
    try:
        with os.fdopen(open_plain(folder / job_folder.LOG), "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _MAX_LOG))
            return file.read(_MAX_LOG).replace(b"\0", b"").decode("utf-8", "replace")
    except OSError:
        return ""
