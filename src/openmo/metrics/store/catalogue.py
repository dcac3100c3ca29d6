"""The names of a job's metrics: untrusted text, so each gets a number and only the number names a file."""

from collections.abc import Iterable
from typing import Final

import msgspec

from openmo.metrics.values import Axis, Metric, Source

NAME_MAX: Final = 200
"""Characters in a metric's name; a longer one is refused and counted."""

LIMITS: Final = {Source.JSON: 10_000, Source.TEXT: 256}
"""Names per job and source; progress text that makes more than a few names is not progress text."""

REFUSED: Final = -1
NAMELESS: Final = -2


class Codes(dict[str, int]):
    """Name -> number for one source; looking up a new name registers it, REFUSED when it may not be."""

    def __init__(self, source: Source, metrics: list[Metric]) -> None:
        super().__init__()
        self._source = source
        self._metrics = metrics

    def __missing__(self, name: str) -> int:
        if not name:
            return NAMELESS
        if len(name) > NAME_MAX or len(self) >= LIMITS[self._source]:
            return REFUSED
        code = self[name] = len(self._metrics)
        self._metrics.append(Metric(name=name, source=self._source, axis=Axis.TIME))
        return code


class Catalogue:
    """Every metric of a job in the order of its first point; the position is its number for ever."""

    def __init__(self, metrics: Iterable[Metric] = ()) -> None:
        self.metrics = list(metrics)
        self.codes = {source: Codes(source, self.metrics) for source in Source}
        for code, metric in enumerate(self.metrics):
            self.codes[metric.source][metric.name] = code

    def __len__(self) -> int:
        return len(self.metrics)

    def set_axis(self, code: int, axis: Axis) -> None:
        """What the first point was printed with; called once, before the number is first committed."""
        old = self.metrics[code]
        self.metrics[code] = Metric(name=old.name, source=old.source, axis=axis)


_decoder = msgspec.json.Decoder(tuple[str, Source, Axis])


def encode_metrics(metrics: Iterable[Metric]) -> bytes:
    """One JSON line for each metric: name, source, axis."""
    return msgspec.json.Encoder().encode_lines((item.name, item.source, item.axis) for item in metrics)


def decode_metrics(lines: bytes) -> list[Metric]:
    """The metrics of `encode_metrics`; raises msgspec.DecodeError for anything else."""
    return [Metric(name=name, source=source, axis=axis) for name, source, axis in _decoder.decode_lines(lines)]
