"""Which process a number stands for: a pid alone may by now belong to somebody else."""

import os
from dataclasses import dataclass
from typing import Any, Self

from openmo.system.start_ticks import boot_id, start_ticks


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """One process for ever: pid, start time, and the boot in which both mean something."""

    pid: int
    started: int
    boot: str

    @classmethod
    def of(cls, pid: int | None = None) -> Self:
        """The identity of a living process (default: this one); raises ProcessLookupError."""
        number = os.getpid() if pid is None else pid
        started = start_ticks(number)
        if started is None:
            raise ProcessLookupError(number)
        return cls(number, started, boot_id())

    @classmethod
    def from_json(cls, value: Any) -> Self | None:
        """The identity that `to_json` wrote; None for anything else."""
        try:
            return cls(int(value["pid"]), int(value["started"]), str(value["boot"]))
        except (TypeError, KeyError, ValueError):
            return None

    def to_json(self) -> dict[str, Any]:
        return {"pid": self.pid, "started": self.started, "boot": self.boot}

    def alive(self) -> bool:
        """Whether that very process still runs; a zombie does not."""
        return self.boot == boot_id() and start_ticks(self.pid) == self.started
