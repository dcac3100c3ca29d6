"""An app's calls as bars that any browser draws, and that read as a table too."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from babel.dates import format_date, format_skeleton

from openmo.apps.owner.calls import CallFigures, Period
from openmo.languages.language import Language

WIDTH, HEIGHT = 1000.0, 150.0
_STEP = {Period.HOUR: timedelta(hours=1), Period.DAY: timedelta(days=1)}
_LEAST = 2.0
"""Units of height at which a bar can still be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One period: a bar of calls with its errors in front, and a bar of p99 with p50 in front."""

    when: str
    figures: CallFigures
    x: float
    width: float
    calls: float
    errors: float
    p99: float
    p50: float
    """Heights, from the foot of the chart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallChart:
    """Bars from the oldest period to the newest."""

    bars: tuple[Bar, ...]
    most_calls: int
    longest_ms: float
    ticks: tuple[str, ...]
    """What stands below the first, the middle and the last bar."""

    @property
    def filled(self) -> tuple[Bar, ...]:
        """Periods in which there was a call, the newest first."""
        return tuple(bar for bar in reversed(self.bars) if bar.figures.calls)


_NONE = CallFigures(calls=0, errors=0, p50_ms=None, p99_ms=None)


def call_chart(
    periods: Sequence[tuple[datetime, CallFigures]],
    *,
    period: Period,
    since: datetime,
    now: datetime,
    language: Language,
) -> CallChart:
    """Every period from `since` to `now`, those without a call too; times are in UTC."""
    step, known = _STEP[period], dict(periods)
    start = since.replace(minute=0, second=0, microsecond=0)
    start = start if period is Period.HOUR else start.replace(hour=0)
    starts = [start + number * step for number in range(1, int((now - start) / step) + 1)]
    starts = [*(early for early in sorted(known) if early < starts[0]), *starts]
    found = [known.get(each, _NONE) for each in starts]
    most = max((figures.calls for figures in found), default=0)
    longest = max((figures.p99_ms or 0.0 for figures in found), default=0.0)
    slot = WIDTH / len(starts)
    bars = tuple(
        Bar(
            when=_when(each, period, language),
            figures=figures,
            x=round(index * slot + slot * 0.1, 2),
            width=round(slot * 0.8, 2),
            calls=_height(figures.calls, most),
            errors=_height(figures.errors, most),
            p99=_height(figures.p99_ms or 0.0, longest),
            p50=_height(figures.p50_ms or 0.0, longest),
        )
        for index, (each, figures) in enumerate(zip(starts, found, strict=True))
    )
    ticks = tuple(bars[index].when for index in (0, len(bars) // 2, len(bars) - 1))
    return CallChart(bars=bars, most_calls=most, longest_ms=longest, ticks=ticks)


def _height(value: float, highest: float) -> float:
    return round(max(value / highest * HEIGHT, _LEAST), 2) if value and highest else 0.0


def _when(moment: datetime, period: Period, language: Language) -> str:
    if period is Period.DAY:
        return format_date(moment, "medium", locale=language.locale)
    return f"{format_skeleton('MMMd', moment, locale=language.locale)} {moment:%H:%M}"
