"""An executor without processes, for tests of everything that uses one: what jobs do is said by the test."""

import struct
import threading
from collections.abc import Callable
from pathlib import Path

from openmo.core.clock import Clock, SystemClock
from openmo.execution.executor import Capacity, Exit, ExitKind, JobLaunch, RunningProcess, Unstarted

_FIRST_PID = 1_000_000

Script = Callable[[JobLaunch], Exit | None]
"""What a job does at its start: it ends at once with the exit, or (None) runs until `finish` or `terminate`."""


class MemoryExecutor:
    """Keeps the promises of the port in memory; only logs are real files, in the job's folder."""

    def __init__(
        self, script: Script | None = None, *, capacity: Capacity | None = None, clock: Clock | None = None
    ) -> None:
        self._script = script
        self._capacity = capacity or Capacity(cpus=2)
        self._clock = clock or SystemClock()
        self._lock = threading.RLock()
        self._running: dict[Path, RunningProcess] = {}
        self._ended: dict[Path, Exit] = {}
        self._unwanted: set[Path] = set()
        self.launches: list[JobLaunch] = []
        """Every launch that was really started, in order."""

    def capacity(self) -> Capacity:
        return self._capacity

    def start(self, launch: JobLaunch) -> None:
        with self._lock:
            folder = launch.folder
            if folder in self._running or folder in self._ended:
                return
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if folder in self._unwanted:
                self._ended[folder] = Exit(kind=ExitKind.TERMINATED, ended_at=self._now(), detail="Stopped on request.")
                return
            self.launches.append(launch)
            self._running[folder] = RunningProcess(pid=_FIRST_PID + len(self.launches), started_at=self._now())
            self.emit(folder, b"")
        end = self._script(launch) if self._script else None
        if end is not None:
            self.finish(folder, end)

    def observe(self, folder: Path) -> Unstarted | RunningProcess | Exit:
        with self._lock:
            return self._ended.get(folder) or self._running.get(folder) or Unstarted()

    def terminate(self, folder: Path) -> None:
        with self._lock:
            self._unwanted.add(folder)
            running = folder in self._running
        if running:
            self.finish(folder, Exit(kind=ExitKind.TERMINATED, ended_at=self._now(), detail="Stopped on request."))

    def emit(self, folder: Path, data: bytes) -> None:
        """The job prints `data`."""
        with (folder / "log").open("ab") as log, (folder / "log.times").open("ab") as times:
            log.write(data)
            if data:
                times.write(struct.pack("<Qd", log.tell(), self._now()))

    def finish(self, folder: Path, end: Exit) -> None:
        """The running job ends so; the first end stands."""
        with self._lock:
            if self._running.pop(folder, None) is not None:
                self._ended[folder] = end

    def _now(self) -> float:
        return self._clock.now().timestamp()
