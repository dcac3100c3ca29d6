"""Calls that their callers poll or follow, instead of waiting for one long answer.

They live in this process alone: a restart forgets them, and says so when asked (410). Nothing here is unbounded: not
the calls that run, nor those remembered, nor the bytes of their answers.
"""

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from enum import StrEnum

import msgspec

from openmo.core.clock import unix_now
from openmo.core.errors import (
    InvalidInput,
    InvalidTransition,
    NotFound,
    OpenMoError,
    TooManyRequests,
    Unavailable,
    UnexpectedError,
)
from openmo.core.messages import message
from openmo.gateway.calls.ids import CallIds
from openmo.gateway.settings import CallBounds
from openmo.languages.language import Language
from openmo.languages.problems import problem_in
from openmo.serving.pool import CallOutput, CallResult, CallStream

_log = logging.getLogger(__name__)
Work = Callable[[], Awaitable[CallResult | CallStream]]
Render = Callable[[CallOutput], bytes]


class CallGone(OpenMoError):
    """There was such a call, and nothing is left of it."""

    code = "call_gone"
    status = 410
    title = message("The call is gone")
    remedy = "Call again."


class CallCancelled(OpenMoError):
    """Somebody cancelled the call."""

    code = "call_cancelled"
    status = 409
    title = message("The call was cancelled")
    remedy = "Call again, if the answer is still wanted."


class CallStatus(StrEnum):
    """Where a call stands."""

    RUNNING = "running"
    """Accepted; it runs, or waits for its turn."""
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


MOVES: Mapping[CallStatus, frozenset[CallStatus]] = {
    CallStatus.RUNNING: frozenset({CallStatus.SUCCEEDED, CallStatus.FAILED, CallStatus.CANCELLED}),
    CallStatus.SUCCEEDED: frozenset(),
    CallStatus.FAILED: frozenset(),
    CallStatus.CANCELLED: frozenset(),
}


class AsyncCall:
    """One call, and what it has answered so far."""

    def __init__(self, call_id: str, *, project_id: str, version: str, account: str | None, who: str) -> None:
        self.id = call_id
        self.project_id = project_id
        self.version = version
        self.account = account
        """Who alone may ask for it; None: whoever knows its id."""
        self.who = who
        """Whose bound it counts against."""
        self.status = CallStatus.RUNNING
        self.created = unix_now()
        self.ended: float | None = None
        self.outputs: deque[tuple[int, bytes]] = deque()
        """The newest outputs, numbered from 1."""
        self.bytes = 0
        self.error: OpenMoError | None = None
        self.duration_ms: float | None = None
        self.task: asyncio.Task[None] | None = None
        self.key: tuple[str, str, str] | None = None
        self.fingerprint = b""
        self._changed = asyncio.Event()

    def add(self, output: bytes, bounds: CallBounds) -> None:
        """One more output; when they are too many, the oldest are dropped and the newest is kept."""
        number = self.outputs[-1][0] + 1 if self.outputs else 1
        self.outputs.append((number, output))
        self.bytes += len(output)
        while len(self.outputs) > 1 and (len(self.outputs) > bounds.outputs or self.bytes > bounds.output_bytes):
            self.bytes -= len(self.outputs.popleft()[1])
        self._tell()

    def end(self, status: CallStatus, *, error: OpenMoError | None = None) -> None:
        """Nothing more will come; raises InvalidTransition for a call that has ended."""
        if status not in MOVES[self.status]:
            raise InvalidTransition(
                message("A call that %(status)s cannot become %(other)s.", status=self.status, other=status)
            )
        self.status = status
        self.error = error
        self.ended = unix_now()
        if self.duration_ms is None:
            self.duration_ms = round((self.ended - self.created) * 1000, 2)
        self._tell()

    async def wait(self, seconds: float | None = None) -> bool:
        """Whether it has ended, at the latest after so long."""
        try:
            async with asyncio.timeout(seconds):
                while self.status is CallStatus.RUNNING:
                    await self._changed.wait()
        except TimeoutError:
            return False
        return True

    async def changes(self, after: int) -> AsyncGenerator[tuple[int, bytes], None]:
        """Outputs numbered above `after` as they come, until the call has ended."""
        while True:
            changed = self._changed
            for number, output in list(self.outputs):
                if number > after:
                    after = number
                    yield number, output
            if self.status is not CallStatus.RUNNING and (not self.outputs or self.outputs[-1][0] <= after):
                return
            if changed is self._changed:
                await changed.wait()

    def view(self, path: str, language: Language) -> dict[str, object]:
        """What polling shows, an error in that language; `output` is the newest so far while it runs."""
        shown: dict[str, object] = {"id": self.id, "status": self.status, "url": path, "release": self.version}
        if self.outputs:
            shown["output"] = msgspec.Raw(self.outputs[-1][1])
        if self.duration_ms is not None:
            shown["duration_ms"] = self.duration_ms
        if self.error is not None:
            shown["error"] = problem_in(language, self.error)
        return shown

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


class CallRegistry:
    """All calls that are followed; made and used on one event loop."""

    def __init__(self, ids: CallIds, bounds: CallBounds) -> None:
        self._ids = ids
        self._bounds = bounds
        self._calls: OrderedDict[str, AsyncCall] = OrderedDict()
        self._keys: dict[tuple[str, str, str], AsyncCall] = {}
        self._running: dict[str, int] = {}

    def known(self, key: tuple[str, str, str], fingerprint: bytes) -> AsyncCall | None:
        """The call that was made with this idempotency key; raises InvalidInput when it had other inputs."""
        call = self._keys.get(key)
        if call is not None and call.fingerprint != fingerprint:
            raise InvalidInput("This Idempotency-Key was used for a call with other inputs.")
        return call

    async def begin(self, call: AsyncCall, work: Work, render: Render) -> None:
        """Takes the call on; raises TooManyRequests, Unavailable or AppBusy where it is refused at once."""
        running = self._running.get(call.who, 0)
        if running >= self._bounds.running_per_caller:
            raise TooManyRequests(
                message("%(running)s calls of yours run already: wait for one of them.", running=running),
                retry_after=5.0,
            )
        if sum(self._running.values()) >= self._bounds.running:
            raise Unavailable("Too many calls run on this server. Try again in a moment.", retry_after=5.0)
        self._running[call.who] = running + 1
        self._calls[call.id] = call
        if call.key is not None:
            self._keys[call.key] = call
        call.task = asyncio.create_task(self._run(call, work, render))
        await asyncio.sleep(0)  # a full queue refuses at its first step
        if call.status is CallStatus.FAILED and isinstance(call.error, Unavailable):
            self._forget(call)
            raise call.error
        self.sweep()

    def issue(self, project_id: str) -> str:
        """An id for a new call of that app."""
        return self._ids.issue(project_id)

    def find(self, project_id: str, call_id: str, account: str | None) -> AsyncCall:
        """The call; raises CallGone for one that was, NotFound for one that never was or is somebody else's."""
        call = self._calls.get(call_id)
        if call is not None and call.project_id == project_id and call.account in (None, account):
            return call
        if call is None and self._ids.ours(project_id, call_id):
            raise CallGone(
                "Nothing is left of this call: results are kept for a while, and are lost when the server restarts."
            )
        raise NotFound("There is no such call.")

    async def cancel(self, call: AsyncCall) -> None:
        """The call has ended: a running handler is stopped with its process."""
        if call.task is not None and not call.task.done():
            call.task.cancel()
            await asyncio.wait([call.task])

    def forget(self, call: AsyncCall) -> None:
        """Nothing is kept of an ended call."""
        if call.status is not CallStatus.RUNNING:
            self._forget(call)

    def sweep(self) -> None:
        """What has expired is forgotten, then the oldest ended ones until the bounds hold."""
        horizon = unix_now() - self._bounds.kept_seconds
        size = sum(call.bytes for call in self._calls.values())
        ended = [call for call in self._calls.values() if call.ended is not None]
        excess = len(self._calls) - self._bounds.kept
        for call in sorted(ended, key=lambda each: each.ended or 0):
            if (call.ended or 0) > horizon and excess <= 0 and size <= self._bounds.kept_bytes:
                break
            excess -= 1
            size -= call.bytes
            self._forget(call)

    async def close(self) -> None:
        """Running calls are cancelled."""
        tasks = [call.task for call in self._calls.values() if call.task is not None and not call.task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _forget(self, call: AsyncCall) -> None:
        self._calls.pop(call.id, None)
        if call.key is not None and self._keys.get(call.key) is call:
            del self._keys[call.key]

    async def _run(self, call: AsyncCall, work: Work, render: Render) -> None:
        try:
            result = await work()
            if isinstance(result, CallResult):
                call.duration_ms = round(result.duration * 1000, 2)
                call.add(render(result.output), self._bounds)
            else:
                async with aclosing(result.outputs):
                    async for output in result.outputs:
                        call.add(render(output), self._bounds)
            call.end(CallStatus.SUCCEEDED)
        except asyncio.CancelledError:
            call.end(CallStatus.CANCELLED, error=CallCancelled("The call was cancelled."))
        except OpenMoError as error:
            call.end(CallStatus.FAILED, error=error)
            if isinstance(error, Unavailable) and call.key is not None:
                self._keys.pop(call.key, None)  # it never ran, so the same key may try again
        except Exception:  # noqa: BLE001 (recorded; the call must end in some state)
            _log.exception("call %s failed", call.id[:8])
            call.end(CallStatus.FAILED, error=UnexpectedError("The gateway made a mistake; its log has the details."))
        finally:
            left = self._running.pop(call.who) - 1
            if left:
                self._running[call.who] = left
            self.sweep()
