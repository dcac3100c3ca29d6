"""Numbers, sizes, dates and durations as people read them."""

from datetime import datetime

from babel.dates import format_datetime, format_timedelta
from babel.numbers import format_decimal

from openmo.languages.language import Language, translations

_UNITS = ("B", "kB", "MB", "GB", "TB")
_STEP = 1000


def size(number: int, language: Language) -> str:
    """Bytes in decimal units with at most one digit after the point: `1.4 MB`."""
    value, rank = float(number), 0
    while abs(value) >= _STEP and rank < len(_UNITS) - 1:
        value, rank = value / _STEP, rank + 1
    digits = "#,##0" if rank == 0 else "#,##0.#"
    return f"{format_decimal(value, digits, locale=language.locale)} {_UNITS[rank]}"


def count(number: int, language: Language) -> str:
    """A whole number with the language's grouping."""
    return format_decimal(number, locale=language.locale)


def ago(moment: datetime, now: datetime, language: Language) -> str:
    """How long ago, in one unit: `3 minutes ago`; within 20 seconds, and for clocks that run ahead: `just now`."""
    passed = now - moment
    if passed.total_seconds() < 20:
        return translations(language).gettext("just now")
    return format_timedelta(-passed, locale=language.locale, add_direction=True, threshold=0.95)


def moment_text(moment: datetime, language: Language) -> str:
    """The full date and time in UTC, for titles of short forms."""
    return f"{format_datetime(moment, 'medium', locale=language.locale)} UTC"


def duration(seconds: float) -> str:
    """`0.4 s`, `12 s`, `3 min 05 s`, `2 h 07 min`: the same signs in every language."""
    if seconds < 10:
        return f"{max(seconds, 0.0):.1f} s"
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
