"""A job as `openmo job show` prints it."""

import shlex
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from openmo.core.amounts import memory_text, time_text

_NOTHING: Final = "-"
_WORDS: Final[Mapping[str, Callable[[Any], str]]] = {
    "args": shlex.join,
    "memory_limit": memory_text,
    "peak_memory": memory_text,
    "snapshot_bytes": memory_text,
    "time_limit": time_text,
}


def shown_job(job: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each field and its value as people write it; `-` for none."""
    return [(name, _shown(name, value)) for name, value in job.items()]


def _shown(name: str, value: Any) -> str:
    if value is None or value in ("", [], {}):
        return _NOTHING
    if name.endswith("_at"):
        return f"{datetime.fromisoformat(value).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    return _WORDS[name](value) if name in _WORDS else _plain(value)


def _plain(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(map(str, value))
        case dict():
            return ", ".join(f"{key} {each}" for key, each in value.items())
        case _:
            return str(value)
