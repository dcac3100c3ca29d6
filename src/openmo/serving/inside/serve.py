"""A worker: serves the calls of one release's handler over its socket, confined, in a process forked from a zygote.

See `openmo.serving.inside.messages` for what they say to each other.
"""

import contextlib
import gc
import inspect
import json
import os
import random
import resource
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from openmo.sandbox.inside import confine, seccomp, system_view
from openmo.sandbox.inside import landlock_rules as landlock
from openmo.serving.inside import work_folder
from openmo.serving.inside.files_out import store_output
from openmo.serving.inside.handler_file import HandlerShape, iterated, load_handler
from openmo.serving.inside.messages import CallError, CallRequest, Chunk, NotStarted, Ready, Result, WorkerConfig
from openmo.serving.inside.traces import users_traceback
from openmo.serving.inside.values_in import convert_inputs, converters
from openmo.serving.inside.values_out import FILE_TYPES, WrongOutput, checked, encode, named_outputs, plain
from openmo.system.frames import DEFAULT_LIMIT, FrameSocket
from openmo.system.records import Json

_MAX_MESSAGE = 2000
_MAX_TRACEBACK = 20_000
_MAX_FILE_BYTES = 1 << 30
_NOTHING = Json(b"null")


def serve(connection: socket.socket) -> None:
    """Runs until the gateway closes; the calling process belongs to this release from here on."""
    frames = FrameSocket(connection)
    first = frames.receive()
    if first is None:
        return
    config = WorkerConfig.decode(first)
    _settle(config)
    try:
        handle = load_handler(Path(config.folder), config.inputs)
    except BaseException as error:  # noqa: BLE001 (whatever the import of user code raises, SystemExit too, is its report)
        message, trace = _failure(error, Path(config.folder))
        frames.send(NotStarted(message=message, traceback=trace).encode())
        return
    frames.send(Ready().encode())
    Worker(config, frames, handle).run()


def _settle(config: WorkerConfig) -> None:
    """Environment, working folder and sandbox; nothing of the user's has run yet."""
    os.environ.clear()
    os.environ.update(config.variables)
    work = Path(config.temporary, "work")
    work_folder.make(work, Path(config.folder))
    os.chdir(work)
    random.seed()
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(int.from_bytes(os.urandom(4), "little"))  # without an argument it makes 300 kB private
    _limit_memory(config.memory_bytes)
    confine.enter(config.policy)
    seccomp.keep_cores()


def _limit_memory(allowed: int) -> None:
    """A handler that asks for too much gets a MemoryError, which is a clear answer.

    The zygote's look at the whole tree is for those that get around it.
    """
    inherited = int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_DATA, (inherited + allowed, inherited + allowed))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MAX_FILE_BYTES, _MAX_FILE_BYTES))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def rehearse() -> None:
    """Does in the zygote what every worker does at its start, so that its caches are made once and shared."""
    landlock.abi()
    system_view.devices()
    inspect.signature(rehearse)
    random.seed()
    json.loads(encode({"a": [1, 0.5, "b", None]}))
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "handler.py").write_text("def handle(conf):\n    return {}\n", encoding="utf-8")
        with contextlib.suppress(ImportError):
            load_handler(Path(folder), ())
        sys.path[:] = [path for path in sys.path if not path.startswith(folder)]
        del sys.modules["handler"]


class Worker:
    """One loaded handler and its connection."""

    def __init__(self, config: WorkerConfig, frames: FrameSocket, handle: Callable[[dict[str, Any]], Any]) -> None:
        self._pid = os.getpid()
        self._frames = frames
        self._folder = Path(config.folder)
        self._handle = handle
        self._converters = converters(config.inputs)
        self._outputs = dict(config.outputs)
        self._output_keys = dict(config.output_keys)
        self._file_outputs = any(kind in FILE_TYPES for kind in self._outputs.values())
        self._work = work_folder.WorkFolder(Path(config.temporary, "work"), self._folder)
        self._roots = tuple(os.path.realpath(path) for path in (config.temporary, config.folder))

    def run(self) -> None:
        while (frame := self._frames.receive()) is not None:
            call = CallRequest.decode(frame)
            try:
                self._answer(call)
            except BaseException as error:  # noqa: BLE001 (the handler's failure is its caller's answer, never the worker's end)
                self._end_in_child()
                message, trace = _failure(error, self._folder)
                self._frames.send(CallError(id=call.id, message=message, traceback=trace).encode())
            with contextlib.suppress(Exception):  # the handler may have closed or replaced it
                sys.stdout.flush()
            if self._file_outputs:
                self._work.tidy()

    def _end_in_child(self) -> None:
        """A process that the handler forked and that came back from it must not answer, too."""
        if os.getpid() != self._pid:
            os._exit(0)

    def _answer(self, call: CallRequest) -> None:
        inputs, folder = call.inputs, call.folder
        for name, relative in call.files.items():
            path = f"{folder}/{relative}"
            inputs[name] = Path(path) if name in self._converters else path
        result = self._handle(convert_inputs(inputs, self._converters))
        self._end_in_child()
        values = iterated(result)
        if values is None:
            self._frames.send(self._message(Result, call.id, result, folder))
            return
        gc.collect()  # once per stream, so that long ones start from a clean heap
        for value in values:
            self._end_in_child()
            self._frames.send(self._message(Chunk, call.id, value, folder))
        self._end_in_child()
        self._frames.send(Result(id=call.id, output=_NOTHING, files={}).encode())

    def _message(self, kind: type[Chunk | Result], number: int, result: Any, folder: str | None) -> bytes:
        output: dict[str, Any] = {}
        files: dict[str, str] = {}
        for name, value in named_outputs(result, self._outputs, self._output_keys).items():
            declared = self._outputs.get(name)
            if declared is None:
                output[str(name)] = plain(value)
            elif declared in FILE_TYPES and folder is not None:
                path = store_output(name, declared, value, folder=Path(folder, "out"), roots=self._roots)
                output[name] = None
                if path is not None:
                    files[name] = path.name
            else:
                output[name] = checked(name, declared, value)
        message = kind(id=number, output=Json(encode(output)), files=files).encode()
        if len(message) > DEFAULT_LIMIT:
            raise WrongOutput(
                f"The answer has {len(message) >> 20} MiB, and {DEFAULT_LIMIT >> 20} are the most. "
                "Return a file for more: declare the output as `file`."
            )
        return message


def _failure(error: BaseException, folder: Path) -> tuple[str, str]:
    """What is told of it: the message for the caller, and the traceback for the app's owner."""
    if isinstance(error, (WrongOutput, HandlerShape)):
        message = str(error)
    elif isinstance(error, SystemExit):
        message = f"The handler called sys.exit({error.code!r})."
    elif isinstance(error, MemoryError):
        message = "The app ran out of the memory that it may use."
    else:
        text = _text(error)
        message = f"{type(error).__name__}: {text}" if text else f"The handler raised {type(error).__name__}."
    return _whole(message[:_MAX_MESSAGE]), _whole(users_traceback(error, folder)[-_MAX_TRACEBACK:])


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 (a user's __str__ may itself raise)
        return "(its message cannot be shown)"


def _whole(text: str) -> str:
    """The text without halves of characters, which no message can hold."""
    return text.encode("utf-8", "replace").decode()
