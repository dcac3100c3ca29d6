"""Modules that are called from outside a project: their files, and the real process that calls them."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from support.checked_modules import Checks

from openmo.core.clock import SystemClock
from openmo.core.ids import AccountId
from openmo.core.space import DiskSpace
from openmo.execution.local import LocalExecutor
from openmo.modules.trying.calls import Called, CallTarget, MethodCalls
from openmo.modules.trying.sandboxed import SandboxedCaller
from openmo.modules.trying.values import CallLimits
from openmo.modules.values import DEV, ModuleVersion
from openmo.sandbox.detect import detect_sandbox

ANN = AccountId("a" * 26)
TIGHT = CallLimits(seconds=20, memory_bytes=600 << 20, processes=60, disk_bytes=40 << 20, files=100)


class ModuleCalls:
    """Calls by the real process, and a place for the modules."""

    def __init__(self, root: Path, limits: CallLimits = TIGHT) -> None:
        self.root = root
        self._modules = Checks(root)
        caller = SandboxedCaller(LocalExecutor(detect_sandbox()), root / "running", SystemClock(), limits)
        self.calls = MethodCalls(caller, root / "calls", limits, DiskSpace(root))

    def target(self, files: Mapping[str, str], method: str = "run", **options: Any) -> CallTarget:
        candidate = self._modules.candidate(files)
        spec = (candidate.folder / "module_spec.yml").read_text(encoding="utf-8")
        version = ModuleVersion(version=DEV, tree="0" * 64, spec=spec, created_at=SystemClock().now())
        return CallTarget(
            owner="ada",
            name="tool",
            version=DEV,
            folder=candidate.folder,
            method=version.method(method),
            environment=replace(self._modules.environment),
            network=False,
            **options,
        )

    def call(self, files: Mapping[str, str], values: Mapping[str, object] = {}, method: str = "run") -> Called:
        """One call, after which no process is left and no file but those that were returned."""
        try:
            return self.calls.run(ANN, self.target(files, method), values)
        finally:
            left = [*self.root.glob("running/*"), *self.root.glob("calls/uploads/*"), *self.root.glob("calls/outbox/*")]
            assert left == []
