"""Packages that a stranger chose: whoever publishes one may have written it for this very purpose."""

import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from openmo.sandbox.interpreter import interpreter_folders
from openmo.sandbox.policy import Sandbox, SandboxPolicy
from openmo.sandbox.variables import child_variables

_COMPILE_SECONDS = 600.0


def interpreter_files(folder: Path) -> dict[str, bytes]:
    """What of an environment says which interpreter it is: a sandbox is given what these files name."""
    found = {"pyvenv.cfg": (folder / "pyvenv.cfg").read_bytes()}
    for entry in sorted((folder / "bin").iterdir()):
        if entry.name.startswith("python"):
            found[f"bin/{entry.name}"] = str(entry.readlink()).encode() if entry.is_symlink() else entry.read_bytes()
    return found


def compile_confined(sandbox: Sandbox, folder: Path) -> None:
    """Compiles the packages by this installation's Python, which does not start what they bring.

    What cannot be compiled, or not in time, is left as it is: it is then compiled anew at each start.
    """
    python = Path(sys.executable)
    with tempfile.TemporaryDirectory() as name:
        temporary = Path(name)
        policy = SandboxPolicy(
            read_write=(folder / "lib", temporary),
            read_only=interpreter_folders(python),
            home=temporary,
            temporary=temporary,
        )
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(
                sandbox.wrap([str(python), "-I", "-m", "compileall", "-q", str(folder / "lib")], policy),
                cwd=temporary,
                env=child_variables(policy, os.environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
                timeout=_COMPILE_SECONDS,
            )
