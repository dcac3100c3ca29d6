"""Where on the X axis a line of progress text belongs."""

import msgspec

from openmo.metrics.reading.iterations import Iterations
from openmo.metrics.reading.progress import ProgressLine
from openmo.metrics.values import Axis

_NAMES_MAX = 256
_STEP, _EPOCH, _TIME = Axis.STEP, Axis.EPOCH, Axis.TIME
"""At hand, for each line needs one."""


class EpochTracker(msgspec.Struct, kw_only=True):
    """The epoch that the job is in, as far as its text says.

    `number` is the epoch as printed. When numbering starts again (a second `fit`), `base` makes it go on counting, so
    that two runs are never folded into one. `totals` remembers with which bar a name was printed in this epoch: the bar
    of an evaluation at the end has another length and must not overwrite the last training value. `iterations` counts
    through all epochs.
    """

    number: int | None = None
    base: int = 0
    reported: bool = False
    totals: dict[str, str] = msgspec.field(default_factory=dict)
    iterations: Iterations = msgspec.field(default_factory=Iterations)

    def place(self, line: ProgressLine) -> tuple[int | None, Axis, dict[str, float], int | None]:
        """The line's x, what that is for a new name, the values that count, and the x of names that are not by epoch.

        The last is None, which is no other x, until a line has named an iteration in an epoch.
        """
        if line.epoch is not None:
            self._enter(line)
        if line.step is None and (line.fractional_epoch or self.number is None):
            return None, _TIME, line.pairs, None
        if self.number is None or (line.is_round and line.epoch is None):
            return line.step, _STEP, line.pairs, None
        total = line.total or (str(line.length) if line.length else None)
        pairs = {name: value for name, value in line.pairs.items() if self._is_same_bar(name, total)}
        self.reported |= bool(pairs)
        epoch = self.base + self.number
        if line.epoch is None or line.at is None:
            counted = None if self.iterations.epoch is None else self.iterations.x
            return epoch, _EPOCH, pairs, counted
        counted = self.iterations.count(epoch, line.at, line.length, number=self.number)
        return epoch, _EPOCH if line.is_redrawn else _STEP, pairs, counted

    def _enter(self, line: ProgressLine) -> None:
        number = line.epoch or 0
        if number == self.number and not (line.is_header and self.reported):
            return
        restarts = self.number is not None and number <= min(1, self.number)
        if restarts:
            self.base += (self.number or 0) + 1 - number
        self.number = number
        self.reported = False
        self.totals = {}

    def _is_same_bar(self, name: str, total: str | None) -> bool:
        if total is None or (name not in self.totals and len(self.totals) >= _NAMES_MAX):
            return True
        return self.totals.setdefault(name, total) == total
