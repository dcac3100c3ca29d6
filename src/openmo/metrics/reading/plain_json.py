"""JSON lines of plain keys, as many programs log them: `{"loss": 6.9, "epoch": 1, "step": 500}`."""

import re
from typing import Final

import msgspec

from openmo.metrics.reading.grammar import NUMBER
from openmo.metrics.reading.names import NameKind, kind_of
from openmo.metrics.reading.progress import NAME_MAX, TEXT_MAX, ProgressLine

_KEYS_MAX: Final = 256
_INT64_MAX: Final = 2**63 - 1
_EPOCH_MAX: Final = 10**9 - 1
_ITERATION_MAX: Final = 10**15 - 1
"""As many digits as in other text: counting goes on from them, and must fit 64 bits, too."""
_EVALUATIONS: Final = ("val", "valid", "validation", "test", "eval")
_STEPS: Final = ("step", "global_step", "iteration", "num_updates")
"""They count through the whole training; `iter` is a place within the epoch, where one is named."""
_NUMBER: Final = re.compile(NUMBER, re.IGNORECASE)
_decoder: Final = msgspec.json.Decoder(dict)


def read_plain(line: bytes) -> ProgressLine | None:
    """The numbers of an object one of whose keys only metrics have; None for any other line."""
    if len(line) > TEXT_MAX:
        return None
    try:
        found: dict[str, object] = _decoder.decode(line)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    if "metric" in found or len(found) > _KEYS_MAX:
        return None
    numbers = {name: number for name, value in found.items() if (number := _number(value)) is not None}
    kinds = {name: kind_of(name) for name in numbers}
    if NameKind.METRIC not in kinds.values():
        return None
    epoch, at = found.get("epoch"), _whole(found.get("iter"), _ITERATION_MAX)
    step = next((step for name in _STEPS if (step := _whole(found.get(name))) is not None), None)
    return ProgressLine(
        epoch=_whole(epoch, _EPOCH_MAX) if step is None else None,
        at=at if found.get("mode") not in _EVALUATIONS else None,
        step=_whole(found.get("iter")) if step is None else step,
        is_round=step is not None,
        fractional_epoch=step is None and isinstance(epoch, float),
        pairs={
            name[:NAME_MAX]: number for name, number in numbers.items() if name and kinds[name] is not NameKind.NEVER
        },
    )


def _number(value: object) -> float | None:
    if isinstance(value, str):
        return float(value) if len(value) <= NAME_MAX and _NUMBER.fullmatch(value) else None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            return None
    return None


def _whole(value: object, limit: int = _INT64_MAX) -> int | None:
    return value if type(value) is int and 0 <= value <= limit else None
