"""No sandbox: for machines that offer none, and for a single user who wants none."""

import sys
from collections.abc import Sequence
from pathlib import PurePath

from openmo.sandbox.document import policy_arguments, policy_document
from openmo.sandbox.inside.document import PolicyDocument
from openmo.sandbox.policy import SandboxPolicy
from openmo.system.child_python import child_argv


class NoSandbox:
    """Sets limits (no core dumps, open files) but confines nothing, and says so."""

    @property
    def name(self) -> str:
        return "none"

    @property
    def isolates(self) -> bool:
        return False

    def describe(self) -> str:
        """One sentence: what is confined, and what is not."""
        return (
            "Nothing confines kernels, jobs and apps: each can read and change all that the system user can; "
            "use Linux 5.13 or newer with Landlock, or install bubblewrap, before serving several people."
        )

    def wrap(self, argv: Sequence[str], policy: SandboxPolicy) -> list[str]:
        return child_argv(
            sys.executable, "openmo.sandbox.inside.confine", *policy_arguments(self.document(policy)), *argv
        )

    def temporary_inside(self, policy: SandboxPolicy) -> PurePath:
        return policy.temporary

    def document(self, policy: SandboxPolicy) -> PolicyDocument:
        return policy_document(policy, engine="none")
