"""Modules that are checked before they are published: their files, and the real check over them."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import openmo_sdk
from support.files import write_files
from support.platform import ThisEnvironment

from openmo.core.clock import SystemClock
from openmo.environments.recipes import UserEnvironment
from openmo.execution.local import LocalExecutor
from openmo.modules.checking.check import Candidate
from openmo.modules.checking.sandboxed import CheckLimits, SandboxedCheck
from openmo.modules.checking.values import CheckReport
from openmo.sandbox.detect import detect_sandbox

SPEC = """\
input:
  run:
    x: {value_type: int, default_value: 2}
output:
  run:
    y: {value_type: int}
"""
CODE = """\
class tool:
    def __init__(self, conf={}):
        pass

    def run(self, conf={}):
        return {"y": conf.get("x", 2) + 1}  # value_type: int
"""


def module_of(body: str, *, head: str = "") -> str:
    """The code of a toolkit whose run does this and returns what it names `y`."""
    lines = "\n".join(f"        {line}" for line in body.strip().splitlines())
    return f"{head}\n\nclass tool:\n    def run(self, conf={{}}):\n{lines}\n        return {{'y': y}}\n"


class Checks:
    """The check, and a place for the modules."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._provider = ThisEnvironment()
        found = self._provider.environment
        sdk = Path(openmo_sdk.__file__).parents[1]  # a checkout's lies beside its interpreter, which finds it by a .pth
        self.environment = self._provider.environment = replace(found, read_only=(*found.read_only, sdk))

    def candidate(self, files: Mapping[str, str], **options: Any) -> Candidate:
        folder = self.root / "modules" / str(len(list((self.root / "modules").glob("*"))) if self.root.exists() else 0)
        write_files(folder, {"main.py": CODE, "module_spec.yml": SPEC, **files})
        return Candidate(owner="ada", name="tool", folder=folder, **options)

    def check(self, files: Mapping[str, str], *, limits: CheckLimits | None = None, **options: Any) -> CheckReport:
        return self.report(self.candidate(files, **options), limits=limits)

    def report(
        self, candidate: Candidate, *, limits: CheckLimits | None = None, environment: UserEnvironment | None = None
    ) -> CheckReport:
        check = SandboxedCheck(
            LocalExecutor(detect_sandbox()), self._provider, self.root / "checks", SystemClock(), limits=limits
        )
        report = check.check(candidate, environment=environment)
        assert list((self.root / "checks").glob("*")) == []
        return report
