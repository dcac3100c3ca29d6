"""Programs run in a sandbox by tests, with a neighbour's project and the platform's data beside them."""

import contextlib
import dataclasses
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from openmo.sandbox.interpreter import interpreter_folders
from openmo.sandbox.policy import Sandbox, SandboxPolicy
from openmo.sandbox.variables import child_variables
from openmo.system.child_python import PACKAGE_FOLDER


@dataclass(frozen=True, kw_only=True)
class Ground:
    """One project with its data, and what it must not reach."""

    root: Path
    project: Path
    dataset: Path
    neighbour: Path
    platform: Path
    policy: SandboxPolicy
    sandbox: Sandbox

    def run(
        self, *argv: str | Path, input_text: str | None = None, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """The finished command, run in the project under the policy."""
        command = self.sandbox.wrap([str(part) for part in argv], self.policy)
        environment = child_variables(self.policy, os.environ, path=[Path(sys.executable).parent], extra=env)
        return subprocess.run(
            command,
            input=input_text,
            capture_output=True,
            text=True,
            cwd=self.project,
            env=environment,
            check=False,
            timeout=60,
        )

    def python(self, source: str, *args: str | Path) -> str:
        """What the program prints; fails when it ends badly."""
        done = self.run(sys.executable, "-c", textwrap.dedent(source), *args)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def refused(self, source: str, *args: str | Path) -> bool:
        """Whether the statement fails for want of permission, or because there is nothing to be seen."""
        program = """
import errno, os, sys
path = sys.argv[1] if len(sys.argv) > 1 else ""
try:
    {source}
except OSError as error:
    refusals = (errno.EACCES, errno.EPERM, errno.ENOENT, errno.EROFS, errno.EXDEV, errno.ESRCH, errno.ECONNREFUSED)
    print("refused" if error.errno in refusals else repr(error))
else:
    print("done")
""".format(source=textwrap.indent(textwrap.dedent(source).strip(), "    ").strip())
        answer = self.python(program, *args).strip()
        assert answer in {"refused", "done"}, answer
        return answer == "refused"


def lay_ground(root: Path, sandbox: Sandbox, *, read_only: Sequence[Path] = ()) -> Ground:
    """The folders of a small installation below `root`."""
    folders = {name: root / name for name in ("project", "dataset", "neighbour", "platform")}
    for folder in folders.values():
        folder.mkdir(parents=True)
        (folder / "file.txt").write_text(f"of {folder.name}\n")
    project = folders["project"]
    (project / "tmp").mkdir()
    (project / "datasets").mkdir()
    (project / "datasets" / "iris").symlink_to(folders["dataset"])
    policy = SandboxPolicy(
        read_write=(project,),
        read_only=(folders["dataset"], *interpreter_folders(Path(sys.executable)), *read_only),
        home=project,
        temporary=project / "tmp",
    )
    return Ground(root=root, policy=policy, sandbox=sandbox, **folders)


@contextlib.contextmanager
def nobodys_ground(
    sandbox: Sandbox, *, processes: int | None = None
) -> Iterator[Callable[[str], "subprocess.CompletedProcess[str]"]]:
    """Runs shell commands in the sandbox as the user `nobody`; skips where we cannot become that.

    With the system's own python and a copy of the package, because those of the tests may lie in root's home.
    """
    python = Path("/usr/bin/python3")
    if os.geteuid() != 0 or not python.exists():
        pytest.skip("needs root to become somebody else, and a system python")
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        ground = lay_ground(Path(name) / "ground", sandbox)
        package = Path(name) / "openmo"
        shutil.copytree(PACKAGE_FOLDER, package, ignore=shutil.ignore_patterns("static", "__pycache__"))
        for folder in (Path(name), ground.root, ground.project, ground.project / "tmp"):
            folder.chmod(0o777)

        def run(script: str) -> "subprocess.CompletedProcess[str]":
            policy = dataclasses.replace(ground.policy, processes=processes)
            command = sandbox.wrap(["bash", "-c", script], policy)
            command = [str(package) if part == str(PACKAGE_FOLDER) else part for part in command]
            command[0] = str(python)
            return subprocess.run(
                command,
                capture_output=True,
                text=True,
                check=False,
                cwd=ground.project,
                user="nobody",
                group="nogroup",
                extra_groups=[],
                timeout=60,
            )

        yield run
