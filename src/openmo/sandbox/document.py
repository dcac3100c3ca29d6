"""A sandbox policy on its way into a child: from paths to the document that `openmo.sandbox.inside.confine` reads."""

from collections.abc import Sequence
from typing import Literal

from openmo.sandbox.inside.document import PolicyDocument
from openmo.sandbox.policy import SandboxPolicy

_PIECE = 60_000  # characters; Linux takes 128 KiB in one argument (MAX_ARG_STRLEN), and a character may be two bytes


def policy_document(
    policy: SandboxPolicy,
    *,
    engine: Literal["landlock", "none"],
    namespaces: bool = False,
    pid_namespace: bool = False,
    system_calls: Sequence[str] | None = None,
) -> PolicyDocument:
    """The policy for a child; `namespaces` demands a file system view of its own besides Landlock.

    `pid_namespace`: besides that view, processes of its own. `system_calls`: groups of risky calls that are not
    refused; None: none can be refused.
    """
    return PolicyDocument(
        engine=engine,
        namespaces=namespaces,
        pid_namespace=pid_namespace,
        read_write=[str(path) for path in policy.read_write],
        read_only=[str(path) for path in policy.read_only],
        temporary=str(policy.temporary),
        work="" if policy.work is None else str(policy.work),
        processes=policy.processes,
        network=policy.network,
        system_calls=None if system_calls is None else list(system_calls),
    )


def policy_arguments(document: PolicyDocument) -> list[str]:
    """The document as arguments of `openmo.sandbox.inside.confine`, up to and with the `--` before the command."""
    text = document.encode().decode()
    return [*(text[start : start + _PIECE] for start in range(0, len(text), _PIECE)), "--"]
