"""What gateway and children say to each other: both ends agree, and nothing that a child says stops the gateway."""

import asyncio
import json
import socket
import struct
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support.served_apps import make_release

from openmo.core.errors import OpenMoError
from openmo.core.hostile.folder import HostileFolder
from openmo.sandbox.document import policy_document
from openmo.sandbox.policy import SandboxPolicy
from openmo.serving.forked.call import Call
from openmo.serving.forked.files import WorkerFolders
from openmo.serving.forked.log import AppLog, LogPipe
from openmo.serving.forked.messages import call_frame, config_frame, decode_answer, decode_report
from openmo.serving.forked.outputs import OutputCheck
from openmo.serving.forked.worker import Worker, WorkerState
from openmo.serving.inside import messages
from openmo.serving.inside.messages import (
    CallError,
    CallRequest,
    Chunk,
    Exited,
    Kill,
    NotStarted,
    Ping,
    Pong,
    Ready,
    Result,
    Spawn,
    Started,
    Watch,
    WorkerConfig,
    decode_order,
)
from openmo.system.frames import HEADER
from openmo.system.records import Json, Record, RecordError

texts = st.text(st.characters(codec="utf-8"), max_size=20)
names = st.dictionaries(texts, texts, max_size=3)
outputs = st.recursive(st.none() | st.integers() | texts, lambda each: st.lists(each, max_size=3)).map(
    lambda value: Json(json.dumps(value).encode())
)
answers: st.SearchStrategy[Record] = st.one_of(
    st.just(Ready()),
    st.builds(NotStarted, message=texts, traceback=texts),
    st.builds(Chunk, id=st.integers(0, 9), output=outputs, files=names),
    st.builds(Result, id=st.integers(0, 9), output=outputs, files=names),
    st.builds(CallError, id=st.integers(0, 9), message=texts, traceback=texts),
)
numbers = st.integers(0, 1 << 40)
reports: st.SearchStrategy[Record] = st.one_of(
    st.builds(Started, worker=texts, pid=numbers),
    st.builds(Exited, worker=texts, status=numbers, reason=texts),
    st.builds(Pong),
)
orders: st.SearchStrategy[Record] = st.one_of(
    st.builds(Spawn, worker=texts, memory=numbers, processes=numbers, cpus=numbers),
    st.builds(Kill, worker=texts),
    st.builds(Watch, seconds=st.floats(0, 9)),
    st.builds(Ping),
)


@given(answers)
def test_the_gateway_reads_what_a_worker_writes(answer: Record) -> None:
    assert decode_answer(answer.encode()) == answer
    assert answer.describe()


@given(reports)
def test_the_gateway_reads_what_a_zygote_writes(report: Record) -> None:
    assert decode_report(report.encode()) == report
    assert report.describe()


@given(orders)
def test_a_zygote_reads_what_the_gateway_writes(order: Record) -> None:
    assert decode_order(order.encode()) == order
    assert order.describe()


def test_an_order_that_is_none_says_so() -> None:
    with pytest.raises(RecordError, match="'sing' is no order"):
        decode_order(b'{"kind":"sing"}')


@given(numbers, st.dictionaries(texts, st.none() | numbers | texts, max_size=3), names, st.none() | texts)
def test_a_worker_reads_the_call_that_the_gateway_writes(
    number: int, inputs: dict[str, object], files: dict[str, str], folder: str | None
) -> None:
    files = {} if folder is None else files
    frame = call_frame(number, json.dumps(inputs).encode(), files, folder)
    request = CallRequest.decode(frame[HEADER.size :])
    assert request == CallRequest(id=number, folder=folder, files=files, inputs=inputs)
    assert request.describe()


def test_a_worker_reads_its_configuration(tmp_path: Path) -> None:
    release = make_release(tmp_path, "def handle(conf): ...", inputs={"键": "int"}, outputs={"ret": "[float]"})
    policy = policy_document(SandboxPolicy(home=tmp_path, temporary=tmp_path, processes=3), engine="landlock")
    frame = config_frame(release, folder=tmp_path / "w", variables={"A": "1"}, policy=policy)
    config = WorkerConfig.decode(frame[HEADER.size :])
    assert (config.inputs, config.outputs) == ({"键": "int"}, {"ret": "[float]"})
    assert (config.policy, config.variables, config.temporary) == (policy, {"A": "1"}, str(tmp_path / "w"))
    assert config.describe()


def test_every_message_has_a_sentence() -> None:
    kinds = [kind for kind in vars(messages).values() if isinstance(kind, type) and issubclass(kind, Record)]
    assert [kind.__name__ for kind in kinds if kind.describe is Record.describe and kind is not Record] == []


class Owner:
    """Hears what a worker does."""

    def __init__(self) -> None:
        self.gone: list[OpenMoError | None] = []

    def worker_idle(self, worker: Worker) -> None: ...

    def worker_gone(self, worker: Worker, error: OpenMoError | None) -> None:
        del worker
        self.gone.append(error)

    def handler_failed(self, message: str, trace: str) -> None: ...

    def call_unread(self, call: Call) -> None: ...


class NoZygote:
    """Nobody obeys."""

    def kill(self, name: str) -> None: ...

    def watch(self) -> None: ...


def _with_worker(folder: Path, act: Callable[[Worker, Owner], Coroutine[Any, Any, None]]) -> None:
    async def walk() -> None:
        owner, log = Owner(), AppLog(folder / "log")
        pipe = LogPipe(log)
        ours, theirs = socket.socketpair()
        worker = Worker(
            "r/w",
            owner=owner,
            zygote=NoZygote(),  # type: ignore[arg-type]  # what a worker needs of one
            folder=HostileFolder(folder),
            check=OutputCheck(()),
            folders=WorkerFolders(folder / "pool"),
            log=pipe,
            needs_folder=False,
            connection=ours,
        )
        await asyncio.get_running_loop().create_unix_connection(lambda: worker, sock=ours)
        try:
            await act(worker, owner)
        finally:
            worker.exited(None)
            theirs.close()
            pipe.close_write_end()
            log.close()

    asyncio.run(walk())


hostile = st.one_of(
    st.binary(max_size=80),
    st.binary(max_size=80).map(lambda data: HEADER.pack(len(data)) + data),
    (answers | reports | orders).map(lambda record: HEADER.pack(len(record.encode())) + record.encode()),
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(hostile, min_size=1, max_size=6))
@example([struct.pack(">I", 0xFFFFFFFF)])
@example([HEADER.pack(len(Ready().encode())) + Ready().encode()] * 2)
def test_whatever_a_worker_writes_ends_at_most_that_worker(tmp_path: Path, pieces: list[bytes]) -> None:
    async def act(worker: Worker, owner: Owner) -> None:
        del owner
        call: Call | None = None
        for piece in pieces:
            worker.data_received(piece)
            if worker.state is WorkerState.IDLE and call is None:
                call = Call(b"{}", {}, 0.0)
                worker.run(call, 9.0)
        worker.end()
        worker.exited(None)
        assert worker.state is WorkerState.GONE
        if call is not None:
            assert call.answer.done()
            call.answer.exception()

    _with_worker(tmp_path, act)
