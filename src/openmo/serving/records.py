"""Where the gateway writes down what it served."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from openmo.core.ids import ProjectId


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTally:
    """Calls of one release in one hour, to be added to what is known of that hour."""

    project_id: ProjectId
    version: str
    hour: datetime
    """Its beginning, in UTC."""
    calls: int
    errors: int
    """Calls that ended in an error of the app, not of the caller."""
    durations: Mapping[int, int]
    """Calls by bucket (see `openmo.core.durations`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedCall:
    """One call, for the app's owner."""

    project_id: ProjectId
    version: str
    at: datetime
    duration_ms: float
    code: str
    """The error's code; empty for a call that succeeded."""
    message: str
    trace: str
    """The traceback of a handler that raised."""
    inputs: str | None
    """What was sent, as JSON; None unless the owner opted in."""


class CallRecords(Protocol):
    """Keeps what owners may see of their apps' calls."""

    def save(self, tallies: Sequence[CallTally], calls: Sequence[RecordedCall]) -> None:
        """All of it is kept, or none and an error is raised. What belongs to projects that are gone is dropped."""
        ...
