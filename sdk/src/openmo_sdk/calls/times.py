"""Dates, times and durations as text."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

_CLASSES: dict[str, Any] = {"datetime": datetime, "date": date, "time": time}


def write_time(encoder: Any, value: Any) -> Any:
    """The form of a date, time or duration; a time zone keeps its name where it has one."""
    if type(value) is timedelta:
        return {"$": "time", "class": "timedelta", "parts": [value.days, value.seconds, value.microseconds]}
    form: dict[str, Any] = {"$": "time", "class": type(value).__name__}
    zone = getattr(value, "tzinfo", None)
    if isinstance(zone, ZoneInfo) and zone.key:
        form["zone"], value = zone.key, value.replace(tzinfo=None)
    elif zone is not None and value.utcoffset() is None:
        raise encoder.refuse(f"has the time zone {zone!r}")
    if getattr(value, "fold", 0):
        form["fold"] = 1
    return {**form, "text": value.isoformat()}


def read_time(_: Any, form: Any) -> Any:
    """The value of such a form; raises KeyError, TypeError, ValueError."""
    if form["class"] == "timedelta":
        return timedelta(*form["parts"])
    value = _CLASSES[form["class"]].fromisoformat(form["text"])
    if "fold" in form:
        value = value.replace(fold=1)
    return value.replace(tzinfo=ZoneInfo(form["zone"])) if "zone" in form else value
