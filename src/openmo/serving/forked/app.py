"""The workers and the queue of one release."""

import asyncio
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Protocol

from openmo.core.backoff import exponential
from openmo.core.errors import OpenMoError
from openmo.core.messages import message
from openmo.serving.directory import DeployedRelease
from openmo.serving.forked.call import Call
from openmo.serving.forked.log import AppLog
from openmo.serving.forked.worker import Worker, WorkerState
from openmo.serving.pool import AppBusy, AppNotStarting, InputFile, WorkerLost

_MAX_RETURNS = 2
"""How many processes may die before they have read a call, until that is held against the call."""
_GROW_TIMEOUT_SECONDS = 0.02
"""What a call waits before one more worker is started for it: quick handlers need no second one."""


class WorkerSource(Protocol):
    """Where an app's workers come from, and where they go."""

    async def start_worker(self, app: "AppWorkers") -> Worker:
        """A worker that is starting; raises AppNotStarting."""
        ...

    def may_start(self, app: "AppWorkers") -> bool:
        """Whether the machine may run one more worker now."""
        ...

    def worker_removed(self, worker: Worker) -> None: ...


class AppWorkers:
    """Keeps one release served: starts workers as calls wait, stops idle ones, remembers why it does not start."""

    def __init__(self, release: DeployedRelease, source: WorkerSource, log: AppLog) -> None:
        self.release = release
        self.workers: set[Worker] = set()
        self.queue: deque[Call] = deque()
        self.failures = 0
        self.calls = 0
        self.log = log
        self._source = source
        self._idle: list[Worker] = []
        self._starting = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()
        self._grow_timer: asyncio.TimerHandle | None = None
        self._failure: OpenMoError | None = None
        self._retry_at = 0.0
        self._delays: Iterator[float] = exponential(first=0.5, ceiling=30.0)
        self._closed = False

    def submit(self, inputs: bytes, files: Mapping[str, InputFile]) -> Call:
        """A call that runs now or waits; raises AppBusy when too many wait, AppNotStarting while it surely does not."""
        call = Call(inputs, files, self._loop.time())
        self.calls += 1
        if self._run_now(call):
            return call
        if len(self.queue) >= self.release.limits.queue or self._closed:
            raise AppBusy(
                message(
                    "%(queue)s calls of this app are waiting already. Try again in a moment.", queue=len(self.queue)
                )
            )
        if self._failure is not None and not self.workers and self._loop.time() < self._retry_at:
            raise self._failure
        self.queue.append(call)
        self.grow()
        return call

    def cancel(self, call: Call) -> None:
        """Nobody waits for the call any more: it leaves the queue, or its worker is ended."""
        if call in self.queue:
            self.queue.remove(call)
            return
        for worker in self.workers:
            if worker.abandon(call):
                return

    def tick(self, now: float) -> None:
        """Ends workers that idled too long and calls that waited too long; starts workers that were held back."""
        for worker in self.workers:
            if worker.state is WorkerState.IDLE and now - worker.idle_since > self.release.limits.idle_seconds:
                worker.end()
        while self.queue and now - self.queue[0].queued_at > self.release.limits.timeout:
            self.queue.popleft().fail(AppBusy("The call waited too long for its turn. Try again in a moment."))
        self.grow()

    @property
    def asleep(self) -> bool:
        """Nothing runs and nothing waits."""
        return not (self.workers or self.queue or self._starting)

    @property
    def forgettable(self) -> bool:
        """Asleep, and not even a failure is worth remembering."""
        return self.asleep and self._loop.time() >= self._retry_at

    def idle_worker(self) -> Worker | None:
        """The worker that has been idle longest."""
        idle = [worker for worker in self.workers if worker.state is WorkerState.IDLE]
        return min(idle, key=lambda worker: worker.idle_since, default=None)

    def close(self) -> None:
        """Waiting calls fail; workers are told to end."""
        self._closed = True
        self._fail_queue(AppBusy("The server is stopping. Try again in a moment.", retry_after=5.0))
        for worker in self.workers:
            worker.end(AppBusy("The server is stopping. Try again in a moment.", retry_after=5.0))

    def worker_idle(self, worker: Worker) -> None:
        """A worker can take a call (see WorkerOwner)."""
        if self._failure is not None:
            self._failure = None
            self._delays = exponential(first=0.5, ceiling=30.0)
        while self.queue:
            call = self.queue.popleft()
            if not call.answer.cancelled():
                worker.run(call, self.release.limits.timeout)
                return
        self._idle.append(worker)

    def worker_gone(self, worker: Worker, error: OpenMoError | None) -> None:
        """A worker is no more (see WorkerOwner)."""
        self.workers.discard(worker)
        self._source.worker_removed(worker)
        if error is not None and not isinstance(error, AppBusy):
            self._not_started(error)
        self.grow()

    def call_unread(self, call: Call) -> None:
        """Another idle worker runs it, or it heads the queue until the worker's end starts one (see WorkerOwner).

        One that kills each process before it is read, say for want of memory, is given up.
        """
        call.returned += 1
        if call.returned > _MAX_RETURNS:
            call.fail(
                WorkerLost("The app's processes ended before they could read this call: its inputs may be too large.")
            )
            return
        if not self._run_now(call):
            self.queue.appendleft(call)

    def handler_failed(self, message: str, trace: str) -> None:
        """For the owner's log (see WorkerOwner)."""
        self.failures += 1
        self.log.write(f"--- release {self.release.version}: {message}\n{trace}".encode(errors="replace"))

    def _run_now(self, call: Call) -> bool:
        """Whether an idle worker took the call."""
        while self._idle:
            worker = self._idle.pop()
            if worker.state is WorkerState.IDLE:
                worker.run(call, self.release.limits.timeout)
                return True
        return False

    def _not_started(self, error: OpenMoError) -> None:
        self._failure = error if isinstance(error, AppNotStarting) else AppNotStarting(error.message)
        self._retry_at = self._loop.time() + next(self._delays)
        if not self.workers:
            self._fail_queue(self._failure)

    def _fail_queue(self, error: OpenMoError) -> None:
        while self.queue:
            self.queue.popleft().fail(error)

    def grow(self) -> None:
        """One more worker if calls wait: the first at once, others when calls have waited for a while."""
        if not self.queue or self._closed or self._starting or len(self.workers) >= self.release.limits.workers:
            return
        serving = [worker for worker in self.workers if worker.state is not WorkerState.ENDING]
        if serving and self._loop.time() - self.queue[0].queued_at < _GROW_TIMEOUT_SECONDS:
            if self._grow_timer is None:
                self._grow_timer = self._loop.call_later(_GROW_TIMEOUT_SECONDS, self._grow_later)
            return
        if any(worker.state is WorkerState.STARTING for worker in serving) or not self._source.may_start(self):
            return
        self._starting += 1
        task = self._loop.create_task(self._start_one())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _grow_later(self) -> None:
        self._grow_timer = None
        self.grow()

    async def _start_one(self) -> None:
        try:
            self.workers.add(await self._source.start_worker(self))
        except OpenMoError as error:
            self._not_started(error)
        finally:
            self._starting -= 1
