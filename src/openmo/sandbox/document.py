"""A sandbox policy on its way into a child: the document that `openmo.sandbox.inside.confine` reads."""

import json
from typing import Any, Literal

from openmo.sandbox.policy import SandboxPolicy

_PIECE = 60_000  # characters; Linux takes 128 KiB in one argument (MAX_ARG_STRLEN), and a character may be two bytes


def policy_document(
    policy: SandboxPolicy, *, engine: Literal["landlock", "none"], namespaces: bool = False
) -> dict[str, Any]:
    """The policy as JSON values; `namespaces` demands a file system view of its own besides Landlock."""
    return {
        "engine": engine,
        "namespaces": namespaces,
        "read_write": [str(path) for path in policy.read_write],
        "read_only": [str(path) for path in policy.read_only],
        "temporary": str(policy.temporary),
        "processes": policy.processes,
    }


def policy_arguments(document: dict[str, Any]) -> list[str]:
    """The document as arguments of `openmo.sandbox.inside.confine`, up to and with the `--` before the command."""
    text = json.dumps(document, separators=(",", ":"))
    return [*(text[start : start + _PIECE] for start in range(0, len(text), _PIECE)), "--"]
