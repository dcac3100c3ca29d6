"""The iterations of a job, counted through all of its epochs."""

from typing import Final

import msgspec

_LIMIT: Final = 2**62
"""What a log's numbers may add up to; more would not fit the column of steps."""


class Iterations(msgspec.Struct, kw_only=True):
    """How far the lines that name an epoch and an iteration have counted; `x`, what they count, never goes back.

    Most programs begin to count anew in each epoch; then what is `before` grows by what the epochs had. Where the
    number runs on through the epochs, it is taken as it is. `epoch` is the one that counts (none yet: None), `at` the
    highest iteration named in it and `total` how many it has, 0 if no line says so.
    """

    epoch: int | None = None
    before: int = 0
    at: int = 0
    total: int = 0
    x: int = 0

    def count(self, epoch: int, at: int, total: int, *, number: int) -> int:
        """The x of a line at iteration `at` of `epoch`, which is printed as `number`.

        A line that is behind (of a process that prints late, of an evaluation with fewer iterations) stands where the
        counting has got to.
        """
        if epoch != self.epoch:
            if self.epoch is not None and epoch < self.epoch:
                return self.x
            self._enter(epoch, at, total, number)
        if at > self.at:
            self.at, self.x = at, max(self.x, self.before + at)
        if total != self.total:
            self.total = max(self.total, total)
        return self.x

    def _enter(self, epoch: int, at: int, total: int, number: int) -> None:
        if self.epoch is None:
            before = total * (number - 1) if number > 1 else 0
        elif at > self.at:
            before = self.before
        else:
            had = self.before + self.total * (epoch - self.epoch) if self.total else self.x
            before = max(had, self.x + 1 - at)
        self.before = min(before, _LIMIT)
        self.epoch, self.at, self.total = epoch, -1, 0
