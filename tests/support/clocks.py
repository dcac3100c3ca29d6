"""Time as a test wants it."""

from datetime import UTC, datetime, timedelta


class ManualClock:
    """Each look is a millisecond later than the last, so that no two moments are equal; `advance` makes leaps."""

    def __init__(self) -> None:
        self._now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
        self._elapsed = 0.0

    def now(self) -> datetime:
        self._now += timedelta(milliseconds=1)
        return self._now

    def monotonic(self) -> float:
        return self._elapsed

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._elapsed += seconds
