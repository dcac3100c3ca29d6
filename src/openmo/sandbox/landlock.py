"""Sandboxes of the kernel's own making: Landlock, and a file system view of its own where that is allowed."""

import functools
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path, PurePath

from openmo.sandbox.document import policy_arguments, policy_document
from openmo.sandbox.inside import landlock_rules as landlock
from openmo.sandbox.inside import seccomp, system_view
from openmo.sandbox.inside.document import PolicyDocument
from openmo.sandbox.policy import SandboxPolicy
from openmo.system.child_python import child_argv

CONFINE = "openmo.sandbox.inside.confine"
_PROBE_SECONDS = 30


class LandlockSandbox:
    """Confines by Landlock; `namespaces` adds the second wall (see `openmo.sandbox.inside.namespaces`)."""

    def __init__(
        self,
        *,
        namespaces: bool,
        pid_namespace: bool = False,
        abi: int | None = None,
        system_calls: Sequence[str] = (),
    ) -> None:
        """`pid_namespace` adds to the second wall (see `openmo.sandbox.inside.pid_namespace`).

        `system_calls`: groups of risky calls that are let through (see `openmo.sandbox.inside.system_calls`).
        """
        self._namespaces = namespaces
        self._pid_namespace = pid_namespace
        self._abi = landlock.abi() if abi is None else abi
        self._system_calls = tuple(system_calls) if seccomp.available() else None

    @property
    def name(self) -> str:
        return "landlock"

    @property
    def isolates(self) -> bool:
        return True

    @property
    def has_pid_namespace(self) -> bool:
        """Whether processes outside can neither be seen nor named."""
        return self._pid_namespace

    @property
    def has_own_view(self) -> bool:
        """Whether what is not allowed cannot even be seen."""
        return self._namespaces

    def describe(self) -> str:
        """One sentence: what is confined, and what is not."""
        inside = "files" if self._abi < landlock.SCOPE_ABI else "files, signals and debugging"
        text = f"Landlock (ABI {self._abi}) confines {inside} of every kernel, job and app to its own project"
        calls = "" if self._system_calls is not None else " risky system calls cannot be refused here;"
        if self._pid_namespace:
            return f"{text}, with a file system view and processes of its own;{calls} the network is open."
        if self._namespaces:
            return (
                f"{text}, in a file system view of its own; without a PID namespace it cannot hide which processes "
                f"there are;{calls} the network is open."
            )
        return (
            f"{text}; without user namespaces it cannot hide that a path exists, nor stop chmod of other files of "
            f"the same system user (root: of devices too) or connections to local sockets;{calls} the network is open."
        )

    def wrap(self, argv: Sequence[str], policy: SandboxPolicy) -> list[str]:
        return child_argv(sys.executable, CONFINE, *policy_arguments(self.document(policy)), *argv)

    def temporary_inside(self, policy: SandboxPolicy) -> PurePath:
        return PurePath(system_view.TEMPORARY) if self._namespaces else policy.temporary

    def document(self, policy: SandboxPolicy) -> PolicyDocument:
        return policy_document(
            policy,
            engine="landlock",
            namespaces=self._namespaces,
            pid_namespace=self._pid_namespace,
            system_calls=self._system_calls,
        )


def detect_landlock(system_calls: Sequence[str] = ()) -> LandlockSandbox | None:
    """The strongest Landlock sandbox of this machine; None where the kernel has none."""
    if not landlock.abi():
        return None
    pid_namespace = _namespaces_work(pid_namespace=True)
    namespaces = pid_namespace or _namespaces_work(pid_namespace=False)
    return LandlockSandbox(namespaces=namespaces, pid_namespace=pid_namespace, system_calls=system_calls)


def _namespaces_work(*, pid_namespace: bool) -> bool:
    """Whether a process of ours may make itself a view of its own, or even processes of its own."""
    try:
        return _probe(pid_namespace)
    except subprocess.TimeoutExpired:
        return False


@functools.cache  # the machine stays the same as long as this process lives; a timeout is asked again
def _probe(pid_namespace: bool) -> bool:
    """One child tries; raises TimeoutExpired."""
    anything = Path("/usr")
    policy = SandboxPolicy(home=anything, temporary=anything)
    document = policy_document(policy, engine="landlock", namespaces=True, pid_namespace=pid_namespace)
    argv = child_argv(sys.executable, CONFINE, *policy_arguments(document), "/bin/true")
    return subprocess.run(argv, capture_output=True, check=False, timeout=_PROBE_SECONDS).returncode == 0
