"""All that gateway, zygotes and workers say to each other. Stdlib only, for children.

Gateway to zygote: `Spawn` (with the worker's socket and its log pipe as descriptors), `Kill`, `Watch`, `Ping`; back:
`Started`, `Exited`, `Pong`. Gateway to worker: `WorkerConfig`, then a `CallRequest` per call; back: `Ready` or
`NotStarted`, then for each call any number of `Chunk` and one `Result`, or a `CallError`.
"""

import json

from openmo.sandbox.inside.document import PolicyDocument
from openmo.system.records import TAG, Json, Record, RecordError


class Spawn(Record, tag="spawn"):
    """A worker is to be forked."""

    worker: str
    memory: int
    """Bytes that it may hold, with all that it starts."""
    processes: int
    cpus: int

    def describe(self) -> str:
        return f"Start worker {self.worker} with at most {self.memory} bytes and {self.processes} processes."


class Kill(Record, tag="kill"):
    """A worker and all that it started are to be ended."""

    worker: str

    def describe(self) -> str:
        return f"End worker {self.worker}."


class Watch(Record, tag="watch"):
    """Handlers run: for so many seconds their memory is looked at often."""

    seconds: float

    def describe(self) -> str:
        return f"Look often for {self.seconds:g} s."


class Ping(Record, tag="ping"):
    """Whoever lives answers."""

    def describe(self) -> str:
        return "Say that you are there."


_ANSWER = b'{"kind":"%b","id":%d,"output":%b,"files":%b}'
Order = Spawn | Kill | Watch | Ping


def decode_order(data: bytes) -> Order:
    """The gateway's order, at the zygote's end; raises RecordError, ValueError."""
    values = json.loads(data)
    for kind in (Watch, Spawn, Kill, Ping):
        if values[TAG] == kind.tag:
            return kind.of_values(values)
    raise RecordError(f"{values[TAG]!r} is no order.")


class Started(Record, tag="started"):
    """A worker was forked."""

    worker: str
    pid: int

    def describe(self) -> str:
        return f"Worker {self.worker} is process {self.pid}."


class Exited(Record, tag="exited"):
    """Nothing of a worker is left."""

    worker: str
    status: int
    """As waitpid gives it."""
    reason: str = ""
    """`memory` or `processes` when it was ended for that."""

    def describe(self) -> str:
        return f"Worker {self.worker} ended with status {self.status} ({self.reason or 'by itself or by order'})."


class Pong(Record, tag="pong"):
    """The answer to a `Ping`."""

    def describe(self) -> str:
        return "It is there."


class WorkerConfig(Record):
    """What a worker must know of its release."""

    folder: str
    """The release's tree."""
    temporary: str
    """The worker's private folder."""
    inputs: dict[str, str]
    """Types by name."""
    outputs: dict[str, str]
    output_keys: dict[str, str]
    """Names of outputs by the keys under which the handler may return them, too."""
    variables: dict[str, str]
    """All environment variables."""
    policy: PolicyDocument
    memory_bytes: int

    def describe(self) -> str:
        return f"Serve {self.folder} ({len(self.inputs)} inputs, {len(self.outputs)} outputs). {self.policy.describe()}"


class CallRequest(Record):
    """One call. The platform writes its frames with `openmo.serving.forked.messages.call_frame`."""

    id: int
    folder: str | None
    """Private to the call; None for calls without files."""
    files: dict[str, str]
    """File inputs by name, as paths relative to `folder`."""
    inputs: dict[str, object]
    """JSON values by name."""

    def describe(self) -> str:
        return f"Call {self.id} with {len(self.inputs)} inputs and {len(self.files)} files."


class Ready(Record, tag="ready"):
    """handler.py is loaded; calls may come."""

    def describe(self) -> str:
        return "The handler is loaded."


class NotStarted(Record, tag="failed"):
    """handler.py cannot be imported; the worker ends."""

    message: str
    traceback: str

    def describe(self) -> str:
        return f"The handler cannot be imported: {self.message}"


class Chunk(Record, tag="chunk"):
    """One thing that the handler yielded."""

    id: int
    output: Json
    files: dict[str, str]
    """Names in the call's folder, by output name."""

    def describe(self) -> str:
        return f"Call {self.id} yielded {len(self.output)} bytes and {len(self.files)} files."

    def encode(self) -> bytes:
        return _with_output(self)


class Result(Record, tag="result"):
    """The call is over."""

    id: int
    output: Json
    files: dict[str, str]
    """Names in the call's folder, by output name."""

    def describe(self) -> str:
        return f"Call {self.id} returned {len(self.output)} bytes and {len(self.files)} files."

    def encode(self) -> bytes:
        return _with_output(self)


class CallError(Record, tag="error"):
    """The handler raised, or its answer was wrong."""

    id: int
    message: str
    traceback: str

    def describe(self) -> str:
        return f"Call {self.id} failed: {self.message}"


def _with_output(message: Chunk | Result) -> bytes:
    """The document with the output as it is: encoding it again would cost each call as much as its answer is long."""
    files = json.dumps(message.files, separators=(",", ":")).encode() if message.files else b"{}"
    return _ANSWER % (b"result" if type(message) is Result else b"chunk", message.id, message.output, files)
