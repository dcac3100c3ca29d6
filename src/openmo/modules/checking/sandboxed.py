"""The check by a process in the sandbox, in the module's environment (see `openmo.modules.checking.check`)."""

import contextlib
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex

from openmo.core.clock import Clock, unix_now
from openmo.core.errors import Conflict, NotFound, Unavailable
from openmo.core.hostile.beneath import TooDeep
from openmo.core.hostile.files import read_inside
from openmo.core.hostile.folder import HostileFolder
from openmo.core.hostile.trees import remove_tree
from openmo.core.ids import JobId
from openmo.core.plain import open_plain
from openmo.environments.recipes import EnvironmentProvider, UserEnvironment
from openmo.execution.executor import Executor, Exit, JobLaunch
from openmo.execution.inside import folder as job_folder
from openmo.modules.checking.calls import Call, plan_calls
from openmo.modules.checking.check import Candidate
from openmo.modules.checking.inside.messages import REPORT, TrialOrder
from openmo.modules.checking.outcome import Outcome, called, problems_of
from openmo.modules.checking.report import report_of
from openmo.modules.checking.static import Examination, examine
from openmo.modules.checking.values import CheckReport, ProblemCode
from openmo.sandbox.policy import SandboxPolicy
from openmo.sandbox.variables import child_variables
from openmo.specs.examples import EXAMPLES
from openmo.system.child_python import PACKAGE_FOLDER, child_argv

_TRIAL = "openmo.modules.checking.inside.trial"
_LOOK_SECONDS, _DISK_SECONDS = 0.02, 0.5
_OLD_SECONDS, _ROOM_SECONDS = 3600.0, 30.0
_MAX_REPORT = 1 << 20
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
class CheckLimits:
    """What a trial may use."""

    seconds: float = 120.0
    memory_bytes: int = 4 << 30
    processes: int = 256
    """Threads included."""
    disk_bytes: int = 2 << 30
    files: int = 20_000
    log_bytes: int = 1 << 20
    at_once: int = 2


class SandboxedCheck:
    """Reads the files first, and runs the module when nothing is wrong with them."""

    def __init__(
        self,
        executor: Executor,
        environments: EnvironmentProvider,
        folder: Path,
        clock: Clock,
        *,
        limits: CheckLimits | None = None,
    ) -> None:
        """`folder` is the check's own."""
        self._executor = executor
        self._environments = environments
        self._folder = folder
        self._clock = clock
        self._limits = limits or CheckLimits()
        self._room = threading.BoundedSemaphore(self._limits.at_once)

    def check(self, candidate: Candidate, *, environment: UserEnvironment | None = None) -> CheckReport:
        began = self._clock.monotonic()
        found = examine(candidate)
        if found.problems:
            return report_of(found, seconds=self._clock.monotonic() - began)
        if not self._room.acquire(timeout=_ROOM_SECONDS):
            raise Unavailable("Other modules are being checked at this moment. Try again in a moment.", retry_after=5.0)
        try:
            return self._tried(candidate, found, environment or self._environments.base(), began)
        finally:
            self._room.release()

    def _tried(
        self, candidate: Candidate, found: Examination, environment: UserEnvironment, began: float
    ) -> CheckReport:
        plan = plan_calls(found.spec, found.methods)
        found.warnings += plan.warnings
        outcome = self._run(candidate, plan.calls, environment, network=found.network)
        for each in problems_of(outcome, found.spec, network=found.network):
            (found.problems if isinstance(each.code, ProblemCode) else found.warnings).append(each)
        steps = called(outcome.report)
        return report_of(
            found,
            methods=tuple(method for method in found.methods if method in steps),
            environment=environment.digest,
            seconds=self._clock.monotonic() - began,
            log=outcome.log,
        )

    def _run(
        self, candidate: Candidate, calls: Sequence[Call], environment: UserEnvironment, *, network: bool
    ) -> Outcome:
        """One trial; nothing of it is left afterwards."""
        self._forget_old()
        folder = self._folder / token_hex(8)
        scratch = HostileFolder(folder / "scratch")
        (folder / "scratch").mkdir(mode=0o700, parents=True)
        try:
            launch = self._launch(candidate, calls, environment, folder)
            launch = replace(launch, policy=replace(launch.policy, network=network))
            self._executor.start(launch)
            exit_, overfull = self._end(launch.folder, scratch)
            return Outcome(exit=exit_, report=_read_report(scratch), log=_end_of_log(launch.folder), overfull=overfull)
        finally:
            remove_tree(folder)

    def _forget_old(self) -> None:
        """What a process that was killed has left goes, once its trial can run no more."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for each in self._folder.iterdir():
            with contextlib.suppress(FileNotFoundError):
                if each.lstat().st_mtime < unix_now() - _OLD_SECONDS:
                    remove_tree(each)

    def _launch(
        self, candidate: Candidate, calls: Sequence[Call], environment: UserEnvironment, folder: Path
    ) -> JobLaunch:
        scratch = HostileFolder(folder / "scratch")
        work, home, temporary, report = (scratch.below(name) for name in ("work", "home", "tmp", "report"))
        for each in (work, home, temporary, report):
            each.make()
        if candidate.files.below(EXAMPLES).exists():
            work.place_link(EXAMPLES, candidate.files.below(EXAMPLES).whereabouts)
        order = TrialOrder(
            folder=str(candidate.files.whereabouts),
            owner=candidate.owner,
            name=candidate.name,
            version="dev" if candidate.version is None else str(candidate.version),
            report=str(report.whereabouts),
            work=str(work.whereabouts),
            calls=[[call.method, dict(call.conf), list(call.defaults)] for call in calls],
            file_bytes=self._limits.disk_bytes,
        )
        (folder / "order.json").write_bytes(order.encode())
        policy = SandboxPolicy(
            read_write=tuple(each.whereabouts for each in (work, home, temporary, report)),
            read_only=(*environment.read_only, PACKAGE_FOLDER, candidate.folder, folder / "order.json"),
            home=home.whereabouts,
            temporary=temporary.whereabouts,
            work=work.whereabouts,
            memory_bytes=self._limits.memory_bytes,
            processes=self._limits.processes,
        )
        python = environment.python
        return JobLaunch(
            job_id=JobId(folder.name),
            folder=folder / "run",
            argv=child_argv(python, _TRIAL, str(folder / "order.json"), isolated=False),
            cwd=work.whereabouts,
            variables=child_variables(
                policy,
                os.environ,
                path=(python.parent,),
                extra={**_VARIABLES, "VIRTUAL_ENV": str(python.parent.parent)},
            ),
            policy=policy,
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


def _read_report(scratch: HostileFolder) -> bytes:
    try:
        return read_inside(scratch, f"report/{REPORT}", limit=_MAX_REPORT)[0]
    except NotFound:
        return b""


def _end_of_log(folder: Path) -> str:
    """The last lines of what it printed; the log is the platform's own file."""
    try:
        with os.fdopen(open_plain(folder / job_folder.LOG), "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _MAX_LOG))
            return file.read(_MAX_LOG).replace(b"\0", b"").decode("utf-8", "replace")
    except OSError:
        return ""
