"""What the gateway notes about calls, and what owners make of it."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from openmo.apps.repository import CallRepository, SettingsRepository
from openmo.core.clock import Clock
from openmo.core.durations import quantile
from openmo.core.ids import ProjectId
from openmo.db.engine import Database
from openmo.serving.records import CallTally, RecordedCall

KEPT_CALLS = 100
"""Single calls kept of each app: errors, and others when their inputs are kept."""
KEPT = timedelta(days=90)
_CLEAN_SECONDS = 3600.0


class Period(StrEnum):
    """What calls are added up by."""

    HOUR = "hour"
    DAY = "day"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFigures:
    """Calls added up."""

    calls: int
    errors: int
    p50_ms: float | None
    """Half of the calls took no longer; to within 5%."""
    p99_ms: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStats:
    """What an app's owner sees of its calls."""

    total: CallFigures
    periods: tuple[tuple[datetime, CallFigures], ...]
    """By beginning, oldest first; periods without a call are left out."""
    versions: tuple[tuple[str, CallFigures], ...]


class StoredCallRecords:
    """Keeps the records in the database (see `openmo.serving.records.CallRecords`)."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._cleaned: float | None = None

    def save(self, tallies: Sequence[CallTally], calls: Sequence[RecordedCall]) -> None:
        """See the port."""
        with self._database.begin() as connection:
            repository = CallRepository(connection)
            there = repository.existing(
                {*(tally.project_id for tally in tallies), *(call.project_id for call in calls)}
            )
            for tally in tallies:
                if tally.project_id in there:
                    repository.add_tally(tally)
            settings = SettingsRepository(connection)
            projects = sorted({call.project_id for call in calls if call.inputs is not None} & there)
            # Locked, in one order for everybody: an owner who opts out meanwhile waits, and then finds all to forget.
            keeping = {each for each in projects if settings.lock(each).keep_inputs}
            if kept := list(_wanted(calls, there, keeping)):
                repository.add_calls(kept, keep=KEPT_CALLS)
            if self._cleaned is None or self._clock.monotonic() - self._cleaned > _CLEAN_SECONDS:
                repository.forget_before(self._clock.now() - KEPT)
                self._cleaned = self._clock.monotonic()


def _wanted(
    calls: Sequence[RecordedCall], there: Collection[ProjectId], keeping: Collection[ProjectId]
) -> Iterator[RecordedCall]:
    """Those of apps that are still there, without inputs whose owner wants none kept by now."""
    for call in calls:
        if call.project_id in there:
            if call.inputs is None or call.project_id in keeping:
                yield call
            elif call.code:
                yield replace(call, inputs=None)


def add_up(tallies: Sequence[CallTally], period: Period) -> CallStats:
    """The figures of these hours: in all, by period and by release."""
    starts: dict[datetime, list[CallTally]] = {}
    versions: dict[str, list[CallTally]] = {}
    for tally in tallies:
        start = tally.hour if period is Period.HOUR else tally.hour.replace(hour=0)
        starts.setdefault(start, []).append(tally)
        versions.setdefault(tally.version, []).append(tally)
    return CallStats(
        total=_figures(tallies),
        periods=tuple((start, _figures(starts[start])) for start in sorted(starts)),
        versions=tuple((version, _figures(versions[version])) for version in sorted(versions)),
    )


def _figures(tallies: Sequence[CallTally]) -> CallFigures:
    durations: Counter[int] = Counter()
    for tally in tallies:
        durations.update(tally.durations)
    p50, p99 = (quantile(durations, share) for share in (0.5, 0.99))
    return CallFigures(
        calls=sum(tally.calls for tally in tallies),
        errors=sum(tally.errors for tally in tallies),
        p50_ms=None if p50 is None else round(p50 * 1000, 2),
        p99_ms=None if p99 is None else round(p99 * 1000, 2),
    )
