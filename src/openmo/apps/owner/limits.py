"""What an owner may ask for their app, within what the administrator allows."""

from collections.abc import Mapping
from dataclasses import dataclass

from openmo.core.errors import InvalidInput
from openmo.core.messages import message
from openmo.serving.directory import AppLimits

_MB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitBounds:
    """The administrator's ceilings."""

    timeout: float = 600.0
    """Seconds of one call."""
    memory_bytes: int = 8 << 30
    workers: int = 8
    cpus: int = 4
    """Cores of one worker."""
    queue: int = 1000
    idle_seconds: float = 3600.0
    body_bytes: int = 256 * _MB


_FLOORS: Mapping[str, float] = {
    "timeout": 0.1,
    "memory_bytes": 64 * _MB,
    "workers": 1,
    "cpus": 1,
    "queue": 0,
    "idle_seconds": 0,
    "body_bytes": 1024,
}


def change_limits(stored: Mapping[str, float], limits: Mapping[str, object], bounds: LimitBounds) -> dict[str, float]:
    """The limits as they are stored afterwards: those named, None for the default, and the others as they were.

    Raises InvalidInput for an unknown one, or one out of bounds.
    """
    changed = dict(stored)
    for name, value in limits.items():
        if name not in _FLOORS:
            refusal = message(
                "There is no limit %(name)s; there are %(names)s.", name=repr(name[:80]), names=", ".join(_FLOORS)
            )
            raise InvalidInput(refusal, field="limits")
        if value is None:
            changed.pop(name, None)
            continue
        whole = isinstance(getattr(AppLimits(), name), int)
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            raise InvalidInput(_not_a_number(name, whole=whole), field="limits")
        low, high = _FLOORS[name], getattr(bounds, name)
        if not low <= value <= high:
            refusal = message(
                "The limit %(name)s can be %(low)s to %(high)s on this server.",
                name=name,
                low=f"{low:g}",
                high=f"{high:g}",
            )
            raise InvalidInput(refusal, field="limits")
        changed[name] = value
    return changed


def _not_a_number(name: str, *, whole: bool) -> str:
    if whole:
        return message("The limit %(name)s must be a whole number.", name=name)
    return message("The limit %(name)s must be a number.", name=name)


def effective_limits(limits: Mapping[str, float], bounds: LimitBounds) -> AppLimits:
    """What holds: the owner's, or the default; in any case no more than the administrator allows by now."""
    default = AppLimits()
    return AppLimits(**{name: min(limits.get(name, getattr(default, name)), getattr(bounds, name)) for name in _FLOORS})
