"""Sandboxes of the kernel's own making: Landlock, and a file system view of its own where that is allowed."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from openmo.sandbox.document import policy_arguments, policy_document
from openmo.sandbox.inside import landlock_rules as landlock
from openmo.sandbox.inside import seccomp
from openmo.sandbox.inside.document import PolicyDocument
from openmo.sandbox.policy import SandboxPolicy
from openmo.system.child_python import child_argv

CONFINE = "openmo.sandbox.inside.confine"
_PROBE_SECONDS = 30


class LandlockSandbox:
    """Confines by Landlock; `namespaces` adds the second wall (see `openmo.sandbox.inside.namespaces`)."""

    def __init__(self, *, namespaces: bool, abi: int | None = None, system_calls: Sequence[str] = ()) -> None:
        """`system_calls`: groups of risky calls that are let through (see `openmo.sandbox.inside.system_calls`)."""
        self._namespaces = namespaces
        self._abi = landlock.abi() if abi is None else abi
        self._system_calls = tuple(system_calls) if seccomp.available() else None

    @property
    def name(self) -> str:
        return "landlock"

    @property
    def isolates(self) -> bool:
        return True

    @property
    def has_own_view(self) -> bool:
        """Whether what is not allowed cannot even be seen."""
        return self._namespaces

    def describe(self) -> str:
        """One sentence: what is confined, and what is not."""
        inside = "files" if self._abi < landlock.SCOPE_ABI else "files, signals and debugging"
        text = f"Landlock (ABI {self._abi}) confines {inside} of every kernel, job and app to its own project"
        calls = "" if self._system_calls is not None else " risky system calls cannot be refused here;"
        if self._namespaces:
            return f"{text}, in a file system view of its own;{calls} the network is open."
        return (
            f"{text}; without user namespaces it cannot hide that a path exists, nor stop chmod of other files of "
            f"the same system user (root: of devices too) or connections to local sockets;{calls} the network is open."
        )

    def wrap(self, argv: Sequence[str], policy: SandboxPolicy) -> list[str]:
        return child_argv(sys.executable, CONFINE, *policy_arguments(self.document(policy)), *argv)

    def document(self, policy: SandboxPolicy) -> PolicyDocument:
        return policy_document(policy, engine="landlock", namespaces=self._namespaces, system_calls=self._system_calls)


def detect_landlock(system_calls: Sequence[str] = ()) -> LandlockSandbox | None:
    """The strongest Landlock sandbox of this machine; None where the kernel has none."""
    return LandlockSandbox(namespaces=_namespaces_work(), system_calls=system_calls) if landlock.abi() else None


def _namespaces_work() -> bool:
    """Whether a process of ours may make itself a view of its own: one child tries."""
    anything = Path("/usr")
    policy = SandboxPolicy(home=anything, temporary=anything)
    document = policy_document(policy, engine="landlock", namespaces=True)
    argv = child_argv(sys.executable, CONFINE, *policy_arguments(document), "/bin/true")
    try:
        return subprocess.run(argv, capture_output=True, check=False, timeout=_PROBE_SECONDS).returncode == 0
    except subprocess.TimeoutExpired:
        return False
