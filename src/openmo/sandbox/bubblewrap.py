"""Sandboxes by bubblewrap (`bwrap`), for kernels without Landlock."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import PurePath

from openmo.sandbox.inside import system_view
from openmo.sandbox.policy import CURRENT_FOLDER, SandboxPolicy

_PROBE_SECONDS = 30


class BubblewrapSandbox:
    """Runs commands in a container of the allow-list, made by the program at `bwrap`."""

    def __init__(self, bwrap: str) -> None:
        self._bwrap = bwrap

    @property
    def name(self) -> str:
        return "bubblewrap"

    @property
    def isolates(self) -> bool:
        return True

    def describe(self) -> str:
        """One sentence: what is confined, and what is not."""
        return "bubblewrap confines files and processes of every kernel, job and app; the network is open."

    def wrap(self, argv: Sequence[str], policy: SandboxPolicy) -> list[str]:
        command = [self._bwrap, "--unshare-user-try", "--unshare-ipc", "--unshare-pid", "--unshare-cgroup-try"]
        command += ["--die-with-parent", "--cap-drop", "ALL", "--proc", "/proc", "--dev", "/dev"]
        if not policy.network:
            command.append("--unshare-net")
        for path in (*system_view.PROGRAMS, *system_view.SETTINGS, *system_view.KERNEL):
            command += ["--ro-bind-try", path, path]
        for path in system_view.gpus():
            command += ["--dev-bind-try", path, path]
        writable = {str(path): True for path in policy.read_write}
        allowed = dict.fromkeys((str(path) for path in policy.read_only), False) | writable
        if not any(path == "/tmp" or path.startswith("/tmp/") for path in allowed):  # noqa: S108 (its name for all programs)
            command += ["--bind-try", str(policy.temporary), "/tmp"]  # noqa: S108
        command += ["--bind-try", str(policy.temporary), system_view.TEMPORARY]
        for path in sorted(allowed):
            command += ["--bind-try" if allowed[path] else "--ro-bind-try", path, path]
        if policy.work is not None and not any(path == "/home" or path.startswith("/home/jovyan") for path in allowed):
            how = "--symlink" if policy.work == CURRENT_FOLDER else "--bind-try"
            command += [how, str(policy.work), system_view.WORK]
        return [*command, "--", *argv]

    def temporary_inside(self, policy: SandboxPolicy) -> PurePath:  # noqa: ARG002 (as below)
        return PurePath(system_view.TEMPORARY)

    def document(self, policy: SandboxPolicy) -> None:  # noqa: ARG002 (the port's signature)
        return None


def detect_bubblewrap() -> BubblewrapSandbox | None:
    """bubblewrap, when it is installed and may do its work here."""
    program = shutil.which("bwrap")
    if program is None:
        return None
    probe = [program, "--unshare-user-try", "--ro-bind", "/", "/", "true"]
    try:
        done = subprocess.run(probe, capture_output=True, check=False, timeout=_PROBE_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return BubblewrapSandbox(program) if done.returncode == 0 else None
