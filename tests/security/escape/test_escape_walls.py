"""Every attempt to get out, under each wall by itself: what the table in docs/explanation/isolation.md says is so."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from security.escape.attempt import ATTEMPTS
from support.doses import dose
from support.escapes.field import NOBODY, Field, Finding, refused_by, standing, write_package

from openmo.sandbox.document import policy_arguments
from openmo.sandbox.inside import landlock_rules
from openmo.sandbox.inside.document import PolicyDocument
from openmo.sandbox.interpreter import interpreter_folders
from openmo.sandbox.landlock import LandlockSandbox, detect_landlock
from openmo.sandbox.policy import SandboxPolicy
from openmo.sandbox.variables import child_variables
from openmo.system.child_python import PACKAGE_FOLDER

SYSTEM_PYTHON = Path("/usr/bin/python3")
_CONFINED = """\
import sys, importlib.util
folder, abi = sys.argv[1], int(sys.argv[2])
spec = importlib.util.spec_from_file_location("openmo", folder + "/__init__.py", submodule_search_locations=[folder])
sys.modules["openmo"] = package = importlib.util.module_from_spec(spec)
spec.loader.exec_module(package)
from openmo.sandbox.inside import confine, landlock_rules
from openmo.system import linux
if abi >= 0:
    landlock_rules.abi = lambda: abi
if abi == 0:
    landlock_rules.restrict_self = lambda *_, **__: linux.forbid_new_privileges()
confine.main(sys.argv[3:])
"""
"""The launcher of every sandbox, on a kernel that is made to look older."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One sandbox to try: all walls that this machine offers, or some."""

    view: bool
    abi: int
    """Landlock's; 0: none."""
    seccomp: bool
    ordinary: bool = False

    @property
    def walls(self) -> frozenset[str]:
        more = {"view": self.view, "seccomp": self.seccomp}
        return standing("capabilities", *(name for name, stands in more.items() if stands), abi=self.abi)

    def __str__(self) -> str:
        names = {f"Landlock {self.abi}": self.abi, "view": self.view, "seccomp": self.seccomp}
        parts = [name for name, stands in names.items() if stands]
        return f"{'nobody' if self.ordinary else 'root'}: {', '.join(parts) or 'none'}"


BEST = landlock_rules.abi()
_ALL = Cell(view=True, abi=BEST, seccomp=True)
_WITHOUT_A_VIEW = replace(_ALL, view=False)
_ALONE = (
    *(Cell(view=False, abi=abi, seccomp=False) for abi in range(BEST + 1)),
    Cell(view=True, abi=0, seccomp=False),
    Cell(view=False, abi=0, seccomp=True),
)
_LIGHT = [replace(_ALL, ordinary=True)]
"""All walls for root are what the tests of places see."""
_DEEP = [replace(cell, ordinary=one) for cell in (_ALL, _WITHOUT_A_VIEW, *_ALONE) for one in (False, True)]


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where another user can get to as well."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def _policy(folder: Path, python: Path) -> SandboxPolicy:
    project = folder / "project"
    return SandboxPolicy(
        read_write=(project,),
        read_only=(folder / "data", *interpreter_folders(python)),
        home=project,
        temporary=project / "tmp",
        processes=400,
    )


def _lay(folder: Path) -> list[str]:
    """The folders of a small installation; what is secret in them."""
    secrets = {
        name: f"secret-{os.urandom(8).hex()}"
        for name in (
            "run/hub-cookie.secret",
            "run/state.json",
            "openmo.sqlite",
            "hub/jupyterhub.sqlite",
            "projects/named",
            "logs/hub.log",
        )
    }
    for name, text in secrets.items():
        path = folder / "platform" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for name in ("neighbours", "data", "project/tmp"):
        (folder / name).mkdir(parents=True)
    return list(secrets.values())


def findings(folder: Path, cell: Cell | None) -> dict[str, Finding]:
    """What came of every attempt in the cell; None: without any sandbox."""
    ordinary = cell is not None and cell.ordinary
    python = SYSTEM_PYTHON if ordinary else Path(sys.executable)
    secrets = _lay(folder)
    package = folder / "package" / "openmo"
    shutil.copytree(PACKAGE_FOLDER, package, ignore=shutil.ignore_patterns("static", "__pycache__", "web", "templates"))
    policy = _policy(folder, python)

    def confined(command: list[str], policy: SandboxPolicy = policy) -> list[str]:
        if cell is None:
            return command
        values = LandlockSandbox(namespaces=cell.view).document(policy).values()
        document = PolicyDocument.of_values({**values, "system_calls": [] if cell.seccomp else None})
        launcher = [str(python), "-I", "-S", "-c", _CONFINED, str(package), str(cell.abi)]
        return [*launcher, *policy_arguments(document), *command]

    shared = folder / "neighbours" / "shared"
    neighbour = replace(policy, read_write=(folder / "neighbours",), home=shared, temporary=shared / "empty")
    names = [name for name, each in ATTEMPTS.items() if each.noun != "platform_api"]
    with Field(
        root=folder / "neighbours",
        data=folder / "data",
        platform=folder / "platform",
        names=names if cell else [name for name in names if not ATTEMPTS[name].uncontrolled],
        confine=lambda command: confined(command, neighbour),
        user=NOBODY if ordinary else None,
        shared_secrets=secrets,
    ) as field:
        write_package(folder / "project")
        (folder / "project" / "plan.json").write_text(json.dumps(field.plan()))
        if ordinary:
            subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", folder / "project", folder / "platform"], check=True)
        private = [] if cell else ["unshare", "--mount", "--uts", "--propagation", "private"]
        command = [*private, *confined([str(python), "-m", "escape", "plan.json", "report.json"])]
        done = subprocess.run(
            command,
            cwd=folder / "project",
            env=child_variables(policy, {}, path=[python.parent]),
            user=NOBODY if ordinary else None,
            group=NOBODY if ordinary else None,
            extra_groups=[] if ordinary else None,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
        report = folder / "project" / "report.json"
        assert report.exists(), done.stdout + done.stderr
        return field.judge(json.loads(report.read_text()))


def test_without_a_sandbox_every_attempt_works(folder: Path) -> None:
    """Else its refusal would prove nothing."""
    if os.geteuid() != 0:
        pytest.skip("needs root")
    found = findings(folder, None)
    assert {name: each.detail for name, each in found.items() if not each.reached and not each.lacks_ground(name)} == {}


@pytest.mark.parametrize("cell", dose(_LIGHT, _DEEP), ids=str)
def test_what_refuses_each_attempt(folder: Path, cell: Cell) -> None:
    best = detect_landlock()
    if best is None or (cell.view and not best.has_own_view):
        pytest.skip("this kernel does not offer it")
    if cell.ordinary and (os.geteuid() != 0 or not SYSTEM_PYTHON.exists()):
        pytest.skip("needs root to become somebody else, and a system python")
    found = findings(folder, cell)
    unproven = {name: f"{each.outcome}: {each.detail}" for name, each in found.items() if not each.proves}
    refused = {name: bool(refused_by(ATTEMPTS[name], cell.walls, ordinary=cell.ordinary)) for name in found}
    wrong = {
        name: f"{each.outcome} {each.detail} {each.reached}; declared: {ATTEMPTS[name].walls}"
        for name, each in found.items()
        if bool(each.reached) is refused[name] and not each.lacks_ground(name)
    }
    assert (unproven, wrong) == ({}, {})
