"""Counts and times calls in memory; the records get them every few seconds."""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from openmo.core.clock import Clock
from openmo.core.durations import bucket_of
from openmo.core.errors import OpenMoError
from openmo.core.ids import ProjectId
from openmo.gateway.http import encode
from openmo.serving.directory import DeployedRelease
from openmo.serving.pool import AppNotStarting, HandlerFailed
from openmo.serving.records import CallRecords, CallTally, RecordedCall

_log = logging.getLogger(__name__)
_FLUSH_SECONDS = 5.0
_WAITING_CALLS = 1000
_INPUTS_LIMIT = 4000
_TRACE_LIMIT = 20_000
_MESSAGE_LIMIT = 2000


@dataclass(slots=True)
class _Count:
    calls: int = 0
    errors: int = 0
    durations: dict[int, int] = field(default_factory=dict)


class CallRecorder:
    """Notes each call in microseconds. What could not be saved is kept for the next time, within bounds."""

    def __init__(self, records: CallRecords | None, clock: Clock) -> None:
        """Without `records` nothing is noted."""
        self._records = records
        self._clock = clock
        self._counts: dict[tuple[ProjectId, str, datetime], _Count] = {}
        self._calls: deque[RecordedCall] = deque(maxlen=_WAITING_CALLS)
        self._task: asyncio.Task[None] | None = None

    def note(
        self, release: DeployedRelease, seconds: float, inputs: Mapping[str, object], error: OpenMoError | None = None
    ) -> None:
        """One finished call."""
        if self._records is None:
            return
        now = self._clock.now()
        failed = error is not None and error.status >= 500
        key = (release.project_id, release.version, now.replace(minute=0, second=0, microsecond=0))
        count = self._counts.get(key) or self._counts.setdefault(key, _Count())
        count.calls += 1
        count.errors += failed
        bucket = bucket_of(seconds)
        count.durations[bucket] = count.durations.get(bucket, 0) + 1
        if failed or release.keep_inputs:
            self._calls.append(_recorded(release, now, seconds, inputs, error))

    def start(self) -> None:
        """Saves from now on."""
        if self._records is not None and self._task is None:
            self._task = asyncio.create_task(self._save_forever())

    async def close(self) -> None:
        """All that was noted is saved, if it can be."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
            await self.save()

    async def save(self) -> None:
        """What was noted since the last time is in the records; a failure is logged, and tried again later."""
        if self._records is None or not (self._counts or self._calls):
            return
        counts, self._counts = self._counts, {}
        calls = list(self._calls)
        self._calls.clear()
        tallies = [
            CallTally(
                project_id=project, version=version, hour=hour, calls=c.calls, errors=c.errors, durations=c.durations
            )
            for (project, version, hour), c in counts.items()
        ]
        try:
            await asyncio.to_thread(self._records.save, tallies, calls)
        except Exception:  # noqa: BLE001 (recorded; counting must not stop, whatever ails the database)
            _log.exception("the counts of calls could not be saved; they are kept for the next time")
            self._merge(counts)
            self._calls.extendleft(reversed(calls[: _WAITING_CALLS - len(self._calls)]))

    def _merge(self, counts: Mapping[tuple[ProjectId, str, datetime], _Count]) -> None:
        for key, older in counts.items():
            count = self._counts.setdefault(key, _Count())
            count.calls += older.calls
            count.errors += older.errors
            for bucket, number in older.durations.items():
                count.durations[bucket] = count.durations.get(bucket, 0) + number

    async def _save_forever(self) -> None:
        while True:
            await asyncio.sleep(_FLUSH_SECONDS)
            await self.save()


def _recorded(
    release: DeployedRelease, now: datetime, seconds: float, inputs: Mapping[str, object], error: OpenMoError | None
) -> RecordedCall:
    kept = None
    if release.keep_inputs:
        kept = encode(inputs).decode()[:_INPUTS_LIMIT]
    return RecordedCall(
        project_id=release.project_id,
        version=release.version,
        at=now,
        duration_ms=round(seconds * 1000, 2),
        code=error.code if error is not None else "",
        message=error.message[:_MESSAGE_LIMIT] if error is not None else "",
        trace=error.trace[-_TRACE_LIMIT:] if isinstance(error, (HandlerFailed, AppNotStarting)) else "",
        inputs=kept,
    )
