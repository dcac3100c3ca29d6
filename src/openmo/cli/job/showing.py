"""A job as `openmo job show` prints it."""

import shlex
from datetime import UTC, datetime
from typing import Final

from openmo.core.amounts import memory_text, time_text
from openmo.jobs.lineage.schemas import JobInputsView
from openmo.jobs.schemas import JobView

_NOTHING: Final = "-"
_BYTES: Final = frozenset({"memory_limit", "peak_memory", "snapshot_bytes"})
_SECONDS: Final = frozenset({"time_limit"})


def shown_job(job: JobView) -> list[tuple[str, str]]:
    """Each field and its value as people write it; `-` for none."""
    return [(name, _shown(name, value)) for name, value in job]


def shown_inputs(inputs: JobInputsView) -> list[tuple[str, str]]:
    """What the job's script names of modules and datasets."""
    modules = (f"{each.identifier} {each.method}".rstrip() for each in inputs.modules)
    datasets = (f"{each.dataset} version {each.version}" for each in inputs.datasets)
    return [("modules", ", ".join(modules) or _NOTHING), ("datasets", ", ".join(datasets) or _NOTHING)]


def _shown(name: str, value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return _amount(name, value)
        case datetime():
            return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
        case list():
            text = shlex.join(value) if name == "args" else ", ".join(map(str, value))
        case dict():
            text = ", ".join(f"{key} {each}" for key, each in value.items())
        case _:
            text = str(value or "")
    return text or _NOTHING


def _amount(name: str, value: float) -> str:
    if name in _BYTES:
        return memory_text(value)
    return time_text(value) if name in _SECONDS else str(value)
