"""The job's own process: from the shim's fork to the user's program. Stdlib only, for the job shim."""

# ruff: noqa: PTH123 (loading pathlib would cost every job 9 ms of its start)

import contextlib
import os
import signal

from openmo.execution.inside.records import JobOrder
from openmo.sandbox.inside import confine
from openmo.sandbox.inside.pid_namespace import PidNamespace
from openmo.system import linux

_DEFAULTS = (signal.SIGTERM, signal.SIGCHLD, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE, signal.SIGXFSZ)
_DIE_FIRST = b"500"
"""When the machine runs out of memory, the kernel shall take the job and not its shim: proc_pid_oom_score_adj(5)."""


class JobProcess:
    """The user's program, confined, its output going straight into the log."""

    def __init__(self, order: JobOrder, log: int, marks: dict[str, str]) -> None:
        self._order = order
        self._log = log
        self._variables = {**order.variables, "OPENMO_JOB_ID": order.job_id, **marks}
        self.pid = 0
        """The process that stands for the program: itself, or the init of its PID namespace."""
        self.status: int | None = None
        """As waitpid gives it; None while it runs."""
        self.left_processes = True
        """Whether, once it has ended, processes may be left that it started."""
        document = order.document
        self._has_namespace = document is not None and document.pid_namespace
        self._namespace: PidNamespace | None = None

    def start(self) -> str | None:
        """None once the program runs; otherwise why it cannot, in a few words."""
        shim = os.getpid()
        failure_out, failure_in = os.pipe()
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})  # a wish to stop must not get lost in between
        if self._has_namespace:
            self._namespace = PidNamespace(drain=True)
        self.pid = os.fork() if self._namespace is None else self._namespace.pid
        if self.pid == 0:
            try:
                os.close(failure_out)
                if self._namespace is not None:
                    self._namespace.start_program()
                self._become(shim)
            except BaseException as error:  # noqa: BLE001 (whatever it is, this copy of the shim must not live on)
                os.write(failure_in, str(error).encode())
            os._exit(127)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        os.close(failure_in)
        with os.fdopen(failure_out, "rb") as pipe:
            failure = pipe.read()  # ends when exec closes it
        if not failure:
            return None
        os.waitpid(self.pid, 0)
        return failure.decode(errors="replace")

    @property
    def init(self) -> int | None:
        """The first process of its PID namespace, with which all others end; None where it has none."""
        return None if self._namespace is None else self.pid

    @property
    def ended(self) -> int | None:
        """What to poll for its end, besides its death; None where that is all."""
        return None if self._namespace is None or self.status is not None else self._namespace.ended

    def saw_end(self) -> None:
        """`ended` was readable."""
        end = None if self._namespace is None else self._namespace.end()
        if end is not None and self.status is None:
            self.status, self.left_processes = end.status, end.left

    def saw_death(self, pid: int, status: int) -> None:
        """A child of the shim has died."""
        if pid == self.pid:
            self.saw_end()  # which says more than init's own status
            self.status = status if self.status is None else self.status

    def _become(self, shim: int) -> None:
        """This copy of the shim turns into the program, confined; raises OSError where it cannot."""
        os.setsid()
        nowhere = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((nowhere, 0), (self._log, 1), (self._log, 2)):
            os.dup2(source, target)
        with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "wb", buffering=0) as file:
            file.write(_DIE_FIRST)
        if self._order.document is not None:
            confine.enter(self._order.document)
        os.chdir(self._order.cwd)
        signal.set_wakeup_fd(-1)
        for number in _DEFAULTS:
            signal.signal(number, signal.SIG_DFL)
        if self._namespace is None:  # else init sees to that
            linux.die_with_parent(signal.SIGKILL)
            if os.getppid() != shim:
                os._exit(127)  # the shim died before that took hold
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        program = self._order.argv
        os.execvpe(program[0], program, self._variables)  # noqa: S606 (running the user's program is the purpose)
