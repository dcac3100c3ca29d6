"""Which process a number stands for: a pid alone may by now belong to somebody else. Stdlib only, for children."""

import os

from openmo.system.records import Record, RecordError
from openmo.system.start_ticks import boot_id, start_ticks

TYPE_CHECKING = False  # `typing` is slow to load
if TYPE_CHECKING:
    from typing import Self


class ProcessIdentity(Record):
    """One process for ever: pid, start time, and the boot in which both mean something."""

    pid: int
    started: int | None
    """The kernel's clock ticks since boot; None for a process that had ended before it was looked at."""
    boot: str

    @classmethod
    def of(cls, pid: int | None = None) -> "Self":
        """The identity of a living process (default: this one); raises ProcessLookupError."""
        found = cls.seen(os.getpid() if pid is None else pid)
        if found.started is None:
            raise ProcessLookupError(found.pid)
        return found

    @classmethod
    def seen(cls, pid: int) -> "Self":
        """The identity of a process that may have ended; one that has is never alive."""
        return cls(pid=pid, started=start_ticks(pid), boot=boot_id())

    @classmethod
    def read(cls, values: object) -> "Self | None":
        """The identity whose `values` were kept elsewhere; None for anything else."""
        try:
            found = cls.of_values(values)
        except RecordError:
            return None
        whole = isinstance(found.pid, int) and isinstance(found.started, int) and isinstance(found.boot, str)
        return found if whole else None

    def describe(self) -> str:
        return f"Process {self.pid}, started at tick {self.started}."

    def alive(self) -> bool:
        """Whether that very process still runs; a zombie does not."""
        return self.started is not None and start_ticks(self.pid) == self.started and self.boot == boot_id()

    def open(self) -> int | None:
        """A pidfd of that very process, for signals and for waiting (readable when it ends); None when it is gone."""
        try:
            descriptor = os.pidfd_open(self.pid)
        except (OSError, OverflowError):
            return None
        if self.alive():  # asked after opening: from here on the number cannot pass to another process unseen
            return descriptor
        os.close(descriptor)
        return None
