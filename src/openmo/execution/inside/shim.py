"""The shim: the small process that holds one job, whatever happens to the runner.

It gets a `JobOrder` on stdin, leaves its parent, takes the job's folder (only one shim ever can), starts the job
and says `started`, `refused` (not the first) or `ended` on stdout. Then it watches: the log, the time, the memory, and
the wish to stop. When the job's process has ended it ends all that the job left behind, and writes the exit record.

The job writes straight into its log and dies with its shim, so a shim that is killed loses no line and leaves no job.
Stdlib only: it may run in any python.
"""

# ruff: noqa: PTH110 (loading pathlib would cost every job 9 ms of its start)

import contextlib
import os
import select
import signal
import sys
import time

from openmo.execution.inside import folder as job_folder
from openmo.execution.inside.bounds import Bounds
from openmo.execution.inside.exit import JobEnd, describe_end, oom_kills
from openmo.execution.inside.log_watch import LogWatch
from openmo.execution.inside.process import JobProcess
from openmo.execution.inside.records import JobOrder, JobRecord, ShimRecord
from openmo.execution.inside.tree import JobTree, largest_ended_child
from openmo.execution.inside.usage import UsageMeter
from openmo.system import linux
from openmo.system.process_identity import ProcessIdentity

_LEFTOVER_GRACE_SECONDS = 1.0
"""What processes left behind get between SIGTERM and SIGKILL once the job's own process has ended."""
_KILL_RETRY_SECONDS = 0.02
_MAX_KILL_RETRY_SECONDS = 1.0  # a process that waits for a dead disk cannot die yet, and is not worth a busy loop
_DISK_RETRY_SECONDS = 0.5


class Shim:
    """One job from its start to its exit record."""

    def __init__(self, order: JobOrder) -> None:
        self._order = order
        self._folder = order.folder
        self._mark = f"{order.job_id}-{os.urandom(12).hex()}"
        self._began = 0.0
        self._wake, self._waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._tree = JobTree(os.getpid())
        self._bounds = Bounds(memory=order.memory_bytes, processes=order.processes)
        self._end = JobEnd()
        self._kill_at: float | None = None
        self._kill_pause = _KILL_RETRY_SECONDS
        self._time_limit_at: float | None = None

    def take(self) -> bool:
        """Whether the job is this shim's: there is neither another shim nor an end."""
        self._listen_to_signals()
        shim = ProcessIdentity.of()
        record = ShimRecord(
            job_id=self._order.job_id,
            pid=shim.pid,
            start=shim.started,
            boot=shim.boot,
            mark=self._mark,
            taken_at=time.time(),
        )
        return job_folder.publish(self._folder, job_folder.SHIM, record, durable=True) and not os.path.exists(
            f"{self._folder}/{job_folder.EXIT}"
        )

    def start(self) -> bool:
        """Whether the job's process runs; otherwise the exit record says why not."""
        if job_folder.stop_requested(self._folder):
            self._end.reason = "terminated"
            self._finish(None)
            return False
        self._end.oom_kills_before = oom_kills()
        job_folder.keep_reserve(self._folder)
        try:
            self._watch = LogWatch(self._folder, self._order.log_limit)
            self._process = JobProcess(self._order, self._watch.log, {job_folder.RUN_MARK: self._mark})
            failure = self._process.start()
        except OSError as error:
            failure = str(error)
        if failure is not None:
            self._end.reason, self._end.failure = "not_started", failure
            self._finish(None)
            return False
        self._end.started_at, self._began = time.time(), _seconds_since_boot()
        if self._process.init is not None:
            self._tree.is_below(self._process.init)
        self._bounds.watch(self._tree.root)
        self._usage = UsageMeter(self._folder, os.getpid(), self._order.gpus)
        job = ProcessIdentity.seen(self._process.pid)
        running = JobRecord(pid=job.pid, start=job.started, boot=job.boot, started_at=self._end.started_at)
        with contextlib.suppress(OSError):  # a full disk; observers then see the shim's own pid
            job_folder.replace(self._folder, job_folder.JOB, running)
        if self._order.time_limit is not None:
            self._time_limit_at = time.monotonic() + self._order.time_limit
        return True

    def watch(self) -> None:
        """Returns when all processes of the job are dead and the exit record is written."""
        if job_folder.stop_requested(self._folder):
            self._stop("terminated", self._order.grace)
        while self._tree.has_children:
            self._poll()
            self._reap()
            self._check_deadlines()
        self._watch.finish()
        self._finish(self._process.status)

    def _listen_to_signals(self) -> None:
        """SIGTERM (the wish to stop) and SIGCHLD wake the poll; a closed terminal means nothing here."""
        for number in (signal.SIGTERM, signal.SIGCHLD):
            signal.signal(number, lambda *_: None)
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)

    def _poll(self) -> None:
        """Sleeps until a signal, a written log, or the next deadline."""
        poller = select.poll()
        poller.register(self._wake, select.POLLIN)
        poller.register(self._watch.readable, select.POLLIN)
        if self._process.ended is not None:
            poller.register(self._process.ended, select.POLLIN)
        deadlines = (self._kill_at, self._time_limit_at, self._watch.due, self._bounds.due, self._usage.due)
        nearest = min((moment for moment in deadlines if moment is not None), default=None)
        timeout = None if nearest is None else max(0.0, nearest - time.monotonic()) * 1000
        for descriptor, _ in poller.poll(timeout):
            if descriptor == self._watch.readable:
                self._watch.changed()
            elif descriptor == self._process.ended:
                self._process.saw_end()
            elif descriptor == self._wake and signal.SIGTERM in os.read(self._wake, 4096):
                self._stop("terminated", self._order.grace)

    def _reap(self) -> None:
        """The dead are counted; when the job's own process is among them, what it left behind is told to end."""
        for pid, status in self._tree.reap():
            self._process.saw_death(pid, status)
        if self._process.status is None or self._end.ended_at is not None:
            return
        # By the clock as it was at the start: however it was set since, the job has run as long as it has.
        self._end.ended_at = (self._end.started_at or time.time()) + _seconds_since_boot() - self._began
        if self._tree.has_children and self._process.left_processes:
            self._time_limit_at = None
            if self._end.reason is None:
                self._tree.signal(signal.SIGTERM)
                self._kill_at = time.monotonic() + _LEFTOVER_GRACE_SECONDS

    def _check_deadlines(self) -> None:
        now = time.monotonic()
        if self._watch.due is not None and now >= self._watch.due:
            self._watch.tick()
        if self._time_limit_at is not None and now >= self._time_limit_at:
            self._stop("time_limit", self._order.grace)
        if self._bounds.due is not None and now >= self._bounds.due and (passed := self._bounds.passed()):
            self._stop(passed, 0.0)
        if now >= self._usage.due:
            self._usage.sample()
        if self._kill_at is not None and now >= self._kill_at:
            self._tree.kill()
            self._kill_at = now + self._kill_pause
            self._kill_pause = min(2 * self._kill_pause, _MAX_KILL_RETRY_SECONDS)

    def _stop(self, reason: str, grace: float) -> None:
        """The whole tree is asked to end, and killed after `grace` seconds; the first reason stands."""
        self._time_limit_at = None
        if self._process.status is not None or (self._end.reason is not None and grace > 0):
            return
        self._end.reason = self._end.reason or reason
        self._kill_at = time.monotonic() + grace
        if grace > 0:
            self._tree.signal(signal.SIGTERM)

    def _finish(self, status: int | None) -> None:
        """The exit record is written: at the latest into the reserve, or once a disk that others filled has space."""
        seen = (self._bounds.peak, self._usage.peak if self._end.started_at else 0, largest_ended_child())
        self._end.peak_memory_bytes = max(seen) or None
        self._end.disk_full = not job_folder.has_space(self._folder)
        record = describe_end(self._end, status, self._order)
        job_folder.free_reserve(self._folder)
        while True:
            try:
                job_folder.publish(self._folder, job_folder.EXIT, record, durable=True)
            except (FileNotFoundError, NotADirectoryError):
                return  # the job's folder was removed: nobody will ask here
            except OSError:
                time.sleep(_DISK_RETRY_SECONDS)
            else:
                return


def _seconds_since_boot() -> float:
    """As the wall clock they go on while the machine sleeps; nobody can set them."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def _leave_parent() -> None:
    """From here on this is an orphan in a session of its own: whatever happens to the caller does not reach it."""
    if os.fork():
        os._exit(0)
    os.setsid()
    os.chdir("/")
    linux.become_subreaper()


def _say(answer: str) -> None:
    """The answer to the caller, who may be gone; then stdin and stdout lead nowhere."""
    with contextlib.suppress(BrokenPipeError):
        os.write(1, answer.encode())
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    os.close(nowhere)


def main() -> None:
    """Holds the job that stdin describes."""
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    order = JobOrder.decode(sys.stdin.buffer.read())
    _leave_parent()
    shim = Shim(order)
    if not shim.take():
        _say("refused")
    elif not shim.start():
        _say("ended")
    else:
        _say("started")
        shim.watch()
    os._exit(0)  # nothing to clean up, and the caller waits for this end


if __name__ == "__main__":
    main()
