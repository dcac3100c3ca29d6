"""Something that calls a release once, before anybody else can."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from openmo.core.errors import OpenMoError
from openmo.serving.directory import DeployedRelease


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialOutcome:
    """What the one call came to."""

    error: OpenMoError | None = None
    """What a caller would have been told; None when it answered."""
    log: str = ""
    """What the code printed, and its traceback."""


class ReleaseTrial(Protocol):
    """Runs one call of a release that is placed but not yet public."""

    def call(self, release: DeployedRelease, inputs: Mapping[str, object]) -> TrialOutcome:
        """Blocks until the call has ended, in the sandbox and within limits; raises Unavailable when too many run."""
        ...
