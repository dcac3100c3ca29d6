"""One worker as the gateway sees it: a socket on which it answers one call at a time."""

import asyncio
import socket
import time
from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol, cast

from openmo.core.errors import Conflict, InvalidTransition, OpenMoError, TooLarge
from openmo.core.hostile.folder import HostileFolder
from openmo.core.messages import message
from openmo.serving.forked.call import Call
from openmo.serving.forked.files import WorkerFolders, call_folder, place_inputs
from openmo.serving.forked.log import LogPipe
from openmo.serving.forked.messages import Answer, call_frame, decode_answer
from openmo.serving.forked.outputs import OutputCheck
from openmo.serving.forked.zygote import WorkerExit, ZygoteProcess
from openmo.serving.inside.messages import CallError, Chunk, NotStarted, Ready, Result
from openmo.serving.pool import AppNotStarting, CallOutput, CallTimedOut, HandlerFailed, WorkerLost
from openmo.serving.public_text import public_text
from openmo.system.frames import DEFAULT_LIMIT, HEADER, FrameBuffer, FrameError
from openmo.wire.strict import WrongMessage

_EXIT_TIMEOUT_SECONDS = 1.0
"""Between the end of a worker's socket and the zygote's word on how it died."""

_ENDED = {
    True: message(
        "The app's environment did not start. Try again; if it stays so, deploy the app again to rebuild it."
    ),
    False: message("The app's process was ended from outside before it answered."),
}
"""Words for a worker whose zygote is gone: before it was ever ready, and after."""


class WorkerState(StrEnum):
    """Where a worker stands."""

    STARTING = "starting"
    IDLE = "idle"
    BUSY = "busy"
    ENDING = "ending"
    """Told to end, or found dead; takes no calls."""
    GONE = "gone"
    """Its process is no more."""


WORKER_MOVES: Mapping[WorkerState, frozenset[WorkerState]] = {
    WorkerState.STARTING: frozenset({WorkerState.IDLE, WorkerState.ENDING}),
    WorkerState.IDLE: frozenset({WorkerState.BUSY, WorkerState.ENDING}),
    WorkerState.BUSY: frozenset({WorkerState.IDLE, WorkerState.ENDING}),
    WorkerState.ENDING: frozenset({WorkerState.GONE}),
    WorkerState.GONE: frozenset(),
}


class WorkerOwner(Protocol):
    """Hears what a worker does."""

    def worker_idle(self, worker: "Worker") -> None: ...

    def worker_gone(self, worker: "Worker", error: OpenMoError | None) -> None:
        """`error` is set when it never came up."""
        ...

    def handler_failed(self, message: str, trace: str) -> None:
        """For the owner's log."""
        ...

    def call_unread(self, call: Call) -> None:
        """The worker died before it read the call, so another one may run it."""
        ...


class Worker(asyncio.Protocol):
    """One worker's connection and state. All methods run on the event loop's thread."""

    def __init__(
        self,
        name: str,
        *,
        owner: WorkerOwner,
        zygote: ZygoteProcess,
        folder: HostileFolder,
        folders: WorkerFolders,
        check: OutputCheck,
        log: LogPipe,
        needs_folder: bool,
        connection: socket.socket,
    ) -> None:
        self.name = name
        self.state = WorkerState.STARTING
        self.folder = folder
        self.idle_since = 0.0
        self.zygote = zygote
        self._owner = owner
        self._folders = folders
        self._check = check
        self._log = log
        self._needs_folder = needs_folder
        self._socket = connection.dup()
        self._socket.setblocking(False)
        self._loop = asyncio.get_running_loop()
        self._buffer = FrameBuffer()
        self._transport: asyncio.Transport
        self._call: Call | None = None
        self._number = 0
        self._timer: asyncio.TimerHandle | None = None
        self._verdict: OpenMoError | None = None
        self._gone_timer: asyncio.TimerHandle | None = None
        self._exit: WorkerExit | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are no subclass

    def start(self, config: bytes, timeout: float) -> None:
        """Sends the configuration; a worker that is not ready after `timeout` seconds is ended."""
        self._transport.write(config)
        late = AppNotStarting(
            message(
                "handler.py was still being imported after %(seconds)s s. Do slow work inside handle().",
                seconds=f"{timeout:g}",
            )
        )
        self._timer = self._loop.call_later(timeout, self.end, late)

    def run(self, call: Call, timeout: float) -> None:
        """Hands over `call`; the owner hears when the worker is idle again or gone."""
        self._move(WorkerState.BUSY)
        self._number += 1
        self._call = call
        call.started_at = time.perf_counter()
        try:
            frame = self._frame(call)
        except Conflict:  # what the handler put there stays: a new process has a new folder
            self.end(
                HandlerFailed(
                    "The app's code replaced the folder of its calls, so its process was ended. "
                    "The next call starts another."
                )
            )
            return
        except OSError as error:
            self._call = None
            reason = error.strerror
            call.fail(HandlerFailed(message("The input files could not be handed over: %(reason)s.", reason=reason)))
            self._become_idle()
            return
        if len(frame) > HEADER.size + DEFAULT_LIMIT:
            self._call = None
            call.fail(
                TooLarge(
                    message(
                        "The inputs have %(frame)s bytes as JSON; a call may have %(limit)s.",
                        frame=f"{len(frame):,}",
                        limit=f"{DEFAULT_LIMIT:,}",
                    )
                )
            )
            self._become_idle()
            return
        self._send(frame)
        self.zygote.watch()
        self._timer = self._loop.call_later(timeout, self._end_late, timeout)

    def _end_late(self, timeout: float) -> None:
        late = message(
            "The call took longer than the app's limit of %(timeout)s s, so it was stopped.", timeout=f"{timeout:g}"
        )
        self.end(CallTimedOut(late))

    def _send(self, frame: bytes) -> None:
        """Past the transport, which would write later and could not say whether a dead worker got the frame."""
        try:
            sent = self._socket.send(frame)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._return_unread()  # the end of the connection is reported next
            return
        if sent < len(frame):
            self._transport.write(frame[sent:])

    def _return_unread(self) -> None:
        """The call had no effect here: a worker that died before it read the frame leaves a reset connection."""
        if self._call is not None and not self._call.files and self._call.stream is None:
            self._owner.call_unread(self._call)
            self._call = None

    def end(self, verdict: OpenMoError | None = None) -> None:
        """Ends the process and all that it started; a call that it runs fails with `verdict`."""
        if self.state in (WorkerState.ENDING, WorkerState.GONE):
            return
        self._move(WorkerState.ENDING)
        self._verdict = self._verdict or verdict
        self._cancel_timer()
        if self._call is not None and verdict is not None:
            self._call.fail(verdict)  # at once: its caller need not wait for the process table
        self.zygote.kill(self.name)
        self._transport.close()
        self._gone_timer = self._loop.call_later(_EXIT_TIMEOUT_SECONDS, self._kill_again)

    def abandon(self, call: Call) -> bool:
        """Whether it ran this call, which nobody waits for: a running handler can only be stopped with its process."""
        if self._call is not call:
            return False
        self.end()
        return True

    def exited(self, exit_: WorkerExit | None) -> None:
        """The zygote says that the process is no more; None when the zygote itself is gone."""
        if self.state is WorkerState.GONE:
            return
        if self.state is not WorkerState.ENDING and exit_ is not None:
            # The end of its socket is on the way, too, and tells whether it had read its call.
            self._exit = exit_
            self._gone_timer = self._loop.call_later(_EXIT_TIMEOUT_SECONDS, self._gone, exit_)
            return
        self._gone(exit_)

    def _gone(self, exit_: WorkerExit | None) -> None:
        if self.state is not WorkerState.ENDING:
            self._move(WorkerState.ENDING)
        self._move(WorkerState.GONE)
        self._cancel_timer()
        if self._gone_timer is not None:
            self._gone_timer.cancel()
        self._transport.abort()
        self._socket.close()
        never_ready = self._number == 0 and self.idle_since == 0.0
        verdict = self._verdict or WorkerLost(exit_.describe() if exit_ else _ENDED[never_ready])
        if self._call is not None:
            self._call.fail(verdict)
            self._call = None
        self._log.close()
        self._owner.worker_gone(self, verdict if never_ready else None)

    def data_received(self, data: bytes) -> None:
        try:
            for frame in self._buffer.feed(data):
                self._handle(decode_answer(frame))
        except (FrameError, WrongMessage, InvalidTransition) as error:
            self.end(WorkerLost("The app's process broke the protocol of its connection, so it was stopped."))
            self._owner.handler_failed(f"protocol error: {error}", "")

    def connection_lost(self, exc: Exception | None) -> None:
        if self.state in (WorkerState.ENDING, WorkerState.GONE):
            return
        if isinstance(exc, (ConnectionResetError, BrokenPipeError)):
            self._return_unread()
        if self._exit is not None:
            self._gone(self._exit)
            return
        # Its exit status is on the way from the zygote and makes the better message.
        self._move(WorkerState.ENDING)
        self._cancel_timer()
        self.zygote.kill(self.name)
        self._gone_timer = self._loop.call_later(_EXIT_TIMEOUT_SECONDS, self._kill_again)

    def _kill_again(self) -> None:
        self.zygote.kill(self.name)
        self._gone_timer = self._loop.call_later(_EXIT_TIMEOUT_SECONDS, self._kill_again)

    def _handle(self, message: Answer) -> None:
        if self.state is WorkerState.ENDING:
            return
        if isinstance(message, Result):
            self._finish(message)
        elif isinstance(message, Chunk):
            call = self._expected(message.id)
            call.yield_output(self._output(message), self._transport, lambda: self.abandon(call))
        elif isinstance(message, CallError):
            call = self._expected(message.id)
            self._owner.handler_failed(message.message, message.traceback)
            call.fail(HandlerFailed(public_text(message.message), trace=message.traceback))
            self._become_idle()
        elif isinstance(message, NotStarted):
            self._owner.handler_failed(message.message, message.traceback)
            self.end(AppNotStarting(public_text(message.message), trace=message.traceback))
        elif isinstance(message, Ready):
            if self.state is not WorkerState.STARTING:  # else a call that it runs would never be answered
                raise FrameError("A worker is ready once.")
            self._cancel_timer()
            self._become_idle()

    def _finish(self, message: Result) -> None:
        call = self._expected(message.id)
        # The end of a stream says nothing that anybody gets.
        output = self._output(message) if call.stream is None else CallOutput(json=message.output)
        call.finish(output, time.perf_counter())
        self._become_idle()

    def _expected(self, number: int) -> Call:
        if self._call is None or number != self._number:
            raise FrameError("An answer to a call that is not running.")
        return self._call

    def _become_idle(self) -> None:
        self._cancel_timer()
        if self._call is not None and (self._needs_folder or self._call.files):
            self._loop.run_in_executor(None, self._folders.discard_call, self.folder, self._number)
        self._call = None
        self.idle_since = self._loop.time()
        self._move(WorkerState.IDLE)
        self._owner.worker_idle(self)

    def _frame(self, call: Call) -> bytes:
        if not call.files and not self._needs_folder:
            return call_frame(self._number, call.inputs, {}, None)
        folder = call_folder(self.folder, self._number)
        placed = place_inputs(folder, call.files)
        return call_frame(self._number, call.inputs, placed, str(folder.whereabouts))

    def _output(self, message: Result | Chunk) -> CallOutput:
        output = self._check(message.output, message.files)
        if not message.files:
            return CallOutput(json=output)
        folder = call_folder(self.folder, self._number)
        return CallOutput(json=output, files=self._folders.collect(folder, message.files))

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _move(self, state: WorkerState) -> None:
        if state not in WORKER_MOVES[self.state]:
            raise InvalidTransition(
                message("A worker that is %(state)s cannot become %(other)s.", state=self.state, other=state)
            )
        self.state = state
