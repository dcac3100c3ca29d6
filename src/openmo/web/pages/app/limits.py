"""The limits of an app as fields of a form: in units that people use, whichever limits there are."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from openmo.apps.owner.schemas import AppSettingsView
from openmo.core.errors import InvalidInput
from openmo.core.messages import message
from openmo.languages.language import Language, translations
from openmo.serving.directory import AppLimits

_MB = 1 << 20


_TEXTS = {
    "timeout": (message("Time of one call"), message("A call that takes longer is ended, and its caller is told so.")),
    "memory_bytes": (message("Memory of one worker"), message("A call that needs more fails; other calls go on.")),
    "workers": (
        message("Calls at the same time"),
        message("At most this many worker processes are started under load."),
    ),
    "queue": (message("Calls that may wait"), message("Beyond that callers are told to try again.")),
    "idle_seconds": (
        message("Awake after a call"),
        message("A worker without calls is stopped after that; 0: at once."),
    ),
    "body_bytes": (message("Size of one request"), message("With the files that are sent along.")),
    "cpus": (message("CPUs of one worker"), message("It computes no faster than that.")),
}
_SECONDS = frozenset({"timeout"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitField:
    """One limit, in its unit."""

    name: str
    label: str
    hint: str
    unit: str
    value: str
    """Empty: the default holds."""
    default: str
    highest: str


def limit_fields(
    view: AppSettingsView, chosen: Mapping[str, float], language: Language, typed: Mapping[str, str] | None
) -> tuple[LimitField, ...]:
    """A field for each limit; `typed`: what stood in the form that was sent."""
    say = translations(language).gettext
    defaults, highest = asdict(AppLimits()), view.highest_limits.model_dump()
    holding = view.limits.model_dump()
    return tuple(
        LimitField(
            name=name,
            label=say(_TEXTS[name][0]) if name in _TEXTS else name.replace("_", " "),
            hint=say(_TEXTS[name][1]) if name in _TEXTS else "",
            unit=_unit(name),
            value=typed.get(name, "") if typed is not None else _text(name, holding[name] if name in chosen else None),
            default=_text(name, min(defaults[name], highest[name])),
            highest=_text(name, highest[name]),
        )
        for name in highest
    )


def read_limit(name: str, text: str) -> float | int:
    """The limit in its own unit, a whole number where it must be one; raises InvalidInput."""
    try:
        number = float(text.strip())
    except ValueError as error:
        raise InvalidInput("Write a number.", field="limits") from error
    if not math.isfinite(number):
        raise InvalidInput("Write a number.", field="limits")
    number = number * _MB if _unit(name) == "MB" else number
    if isinstance(getattr(AppLimits(), name, None), int):
        return round(number) if _unit(name) == "MB" or number == round(number) else number
    return number


def _unit(name: str) -> str:
    if name.endswith("_bytes"):
        return "MB"
    return "s" if name.endswith("_seconds") or name in _SECONDS else ""


def _text(name: str, value: float | None) -> str:
    if value is None:
        return ""
    return f"{value / _MB if _unit(name) == 'MB' else value:.10g}"
