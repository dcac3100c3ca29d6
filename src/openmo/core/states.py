"""Explicit state machines: a table of legal moves and one way to make a move."""

from collections.abc import Mapping
from enum import StrEnum

from openmo.core.errors import InvalidTransition
from openmo.core.messages import message


class JobState(StrEnum):
    """Where a job stands; every job ends in exactly one of TERMINAL."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    TERMINATED = "terminated"

    @property
    def is_terminal(self) -> bool:
        return self in TERMINAL


TERMINAL = frozenset({JobState.SUCCEEDED, JobState.FAILED, JobState.TERMINATED})
ACTIVE = frozenset({JobState.PENDING, JobState.RUNNING})

JOB_MOVES: Mapping[JobState, frozenset[JobState]] = {
    JobState.PENDING: frozenset({JobState.RUNNING, JobState.FAILED, JobState.TERMINATED}),
    JobState.RUNNING: TERMINAL,
    JobState.SUCCEEDED: frozenset(),
    JobState.FAILED: frozenset(),
    JobState.TERMINATED: frozenset(),
}


def check_job_move(before: JobState, after: JobState) -> None:
    """Nothing, when the move is legal; raises InvalidTransition otherwise."""
    if after not in JOB_MOVES[before]:
        raise InvalidTransition(
            message("A job that is %(before)s cannot become %(after)s.", before=before, after=after),
            before=before,
            after=after,
        )
