"""The check by a process in the sandbox, in the module's environment (see `openmo.modules.checking.check`)."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from openmo.core.clock import Clock
from openmo.core.errors import NotFound, Unavailable
from openmo.core.hostile.files import read_inside
from openmo.core.hostile.folder import HostileFolder
from openmo.environments.recipes import EnvironmentProvider, UserEnvironment
from openmo.execution.executor import Executor
from openmo.modules.checking.calls import Call, plan_calls
from openmo.modules.checking.check import Candidate
from openmo.modules.checking.inside.messages import REPORT, TrialOrder
from openmo.modules.checking.outcome import Outcome, called, problems_of
from openmo.modules.checking.report import report_of
from openmo.modules.checking.static import Examination, examine
from openmo.modules.checking.values import CheckReport, ProblemCode
from openmo.modules.process import ModuleProcess, ModuleRun, Places, ProcessLimits

_TRIAL = "openmo.modules.checking.inside.trial"
_ROOM_SECONDS = 30.0
_MAX_REPORT = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLimits(ProcessLimits):
    """What a trial may use."""

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
        self._environments = environments
        self._clock = clock
        self._limits = limits or CheckLimits()
        self._process = ModuleProcess(executor, folder, clock, self._limits)
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

        def order(places: Places) -> TrialOrder:
            return TrialOrder(
                folder=str(candidate.files.whereabouts),
                owner=candidate.owner,
                name=candidate.name,
                version="dev" if candidate.version is None else str(candidate.version),
                report=str(places.report),
                work=str(places.work),
                calls=[[call.method, dict(call.conf), list(call.defaults)] for call in calls],
                file_bytes=self._limits.disk_bytes,
            )

        wanted = ModuleRun(
            program=_TRIAL, folder=candidate.folder, order=order, environment=environment, network=network
        )
        with self._process.run(wanted) as ended:
            return Outcome(exit=ended.exit, report=_read_report(ended.report), log=ended.log, overfull=ended.overfull)


def _read_report(report: HostileFolder) -> bytes:
    try:
        return read_inside(report, REPORT, limit=_MAX_REPORT)[0]
    except NotFound:
        return b""
