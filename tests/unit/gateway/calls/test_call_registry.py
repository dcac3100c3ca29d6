"""What is remembered of calls, and its bounds."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openmo.core.errors import InvalidInput, InvalidTransition, NotFound, TooManyRequests, Unavailable
from openmo.gateway.calls.ids import CallIds
from openmo.gateway.calls.registry import MOVES, AsyncCall, CallGone, CallRegistry, CallStatus
from openmo.gateway.settings import CallBounds
from openmo.languages.language import ENGLISH
from openmo.serving.pool import AppBusy, CallOutput, CallResult, CallStream, HandlerFailed

Work = Callable[[], Awaitable[CallResult | CallStream]]


class Book:
    """A book and calls to write into it."""

    def __init__(self, folder: Path, **bounds: Any) -> None:
        self.bounds = CallBounds(**bounds)
        self.book = CallRegistry(CallIds(folder / "secret"), self.bounds)

    def call(self, project: str = "p", **options: Any) -> AsyncCall:
        values = {"version": "1.0.0", "account": None, "who": "ada", **options}
        return AsyncCall(self.book.issue(project), project_id=project, **values)

    async def begin(self, work: Work, **options: Any) -> AsyncCall:
        call = self.call(**options)
        await self.book.begin(call, work, lambda output: output.json)
        return call


def answers(text: bytes = b"1", *, gate: asyncio.Event | None = None) -> Work:
    async def work() -> CallResult:
        if gate is not None:
            await gate.wait()
        return CallResult(output=CallOutput(json=text), duration=0.5)

    return work


def fails(error: Exception) -> Work:
    async def work() -> CallResult:
        await asyncio.sleep(0)
        raise error

    return work


def yields(number: int, *, then: Exception | None = None, closed: list[bool] | None = None) -> Work:
    async def outputs() -> AsyncGenerator[CallOutput, None]:
        try:
            for n in range(number):
                await asyncio.sleep(0)
                yield CallOutput(json=b"%d" % n)
            if then is not None:
                raise then
        finally:
            if closed is not None:
                closed.append(True)

    async def work() -> CallStream:
        return CallStream(outputs=outputs())

    return work


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


def test_ended_calls_move_no_more(tmp_path: Path) -> None:
    for status in CallStatus:
        for target in CallStatus:
            call = Book(tmp_path).call()
            call.status = status
            if target in MOVES[status]:
                call.end(target)
                assert call.status is target
            else:
                with pytest.raises(InvalidTransition):
                    call.end(target)


def test_the_newest_outputs_are_kept(tmp_path: Path) -> None:
    async def body() -> None:
        book = Book(tmp_path, outputs=3)
        call = await book.begin(yields(10))
        assert await call.wait(10)
        assert list(call.outputs) == [(8, b"7"), (9, b"8"), (10, b"9")]
        assert call.bytes == 3
        assert [number async for number, _ in call.changes(0)] == [8, 9, 10]
        assert [number async for number, _ in call.changes(9)] == [10]

    run(body())


@given(st.lists(st.binary(min_size=0, max_size=40), max_size=30), st.integers(1, 8), st.integers(1, 60))
def test_outputs_stay_within_their_bounds(outputs: list[bytes], count: int, size: int) -> None:
    call = AsyncCall("id", project_id="p", version="1", account=None, who="ada")
    bounds = CallBounds(outputs=count, output_bytes=size)
    for output in outputs:
        call.add(output, bounds)
        assert call.outputs[-1][1] == output, "the newest one is never dropped"
        assert call.bytes == sum(len(kept) for _, kept in call.outputs)
        assert len(call.outputs) <= count
        assert call.bytes <= size or len(call.outputs) == 1
        numbers = [number for number, _ in call.outputs]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_failures_keep_what_came_before(tmp_path: Path) -> None:
    async def body() -> None:
        book = Book(tmp_path)
        call = await book.begin(yields(2, then=HandlerFailed("no more")))
        assert await call.wait(10)
        assert (call.status, len(call.outputs)) == (CallStatus.FAILED, 2)
        problem = call.view("/x", ENGLISH)["error"]
        assert isinstance(problem, dict)
        assert problem["detail"] == "no more"
        broken = await book.begin(fails(ZeroDivisionError()))
        assert await broken.wait(10)
        assert broken.error is not None
        assert broken.error.code == "internal_error"

    run(body())


def test_cancelling_closes_the_stream(tmp_path: Path) -> None:
    async def body() -> None:
        book, closed = Book(tmp_path), list[bool]()
        call = await book.begin(yields(1_000_000, closed=closed))
        async for number, _ in call.changes(0):
            if number == 3:
                break
        await book.book.cancel(call)
        assert (call.status, closed) == (CallStatus.CANCELLED, [True])
        await book.book.cancel(call)

    run(body())


def test_running_calls_are_bounded_for_each_caller_and_in_all(tmp_path: Path) -> None:
    async def body() -> None:
        gate = asyncio.Event()
        book = Book(tmp_path, running_per_caller=2, running=3)
        calls = [await book.begin(answers(gate=gate)) for _ in range(2)]
        with pytest.raises(TooManyRequests):
            await book.begin(answers())
        calls.append(await book.begin(answers(gate=gate), who="bob"))
        with pytest.raises(Unavailable):
            await book.begin(answers(), who="eve")
        gate.set()
        for call in calls:
            assert await call.wait(10)
        await asyncio.sleep(0)
        assert await (await book.begin(answers())).wait(10)

    run(body())


def test_ended_calls_are_forgotten_and_running_ones_are_not(tmp_path: Path) -> None:
    async def body() -> None:
        gate = asyncio.Event()
        book = Book(tmp_path, kept=3, kept_bytes=100)
        running = await book.begin(answers(gate=gate))
        ended = []
        for number in range(5):
            ended.append(await book.begin(answers(b"%d" % number), who=str(number)))
            assert await ended[-1].wait(10)
        large = await book.begin(answers(b"x" * 200), who="large")
        assert await large.wait(10)
        book.book.sweep()
        assert book.book.find("p", running.id, None) is running
        for call in [*ended, large]:
            with pytest.raises(CallGone):
                book.book.find("p", call.id, None)
        gate.set()
        assert await running.wait(10)

    run(body())


def test_answers_expire(tmp_path: Path) -> None:
    async def body() -> None:
        book = Book(tmp_path, kept_seconds=-1.0)
        call = await book.begin(answers())
        assert await call.wait(10)
        book.book.sweep()
        with pytest.raises(CallGone):
            book.book.find("p", call.id, None)

    run(body())


def test_keys(tmp_path: Path) -> None:
    async def body() -> None:
        book, key = Book(tmp_path), ("p", "ada", "key")
        assert book.book.known(key, b"inputs") is None

        def keyed() -> AsyncCall:
            call = book.call()
            call.key, call.fingerprint = key, b"inputs"
            return call

        with pytest.raises(AppBusy):
            await book.book.begin(keyed(), _busy_at_once, lambda output: output.json)
        assert book.book.known(key, b"inputs") is None, "a call that was refused may be repeated"
        late = keyed()
        await book.book.begin(late, fails(AppBusy("later")), lambda output: output.json)
        assert await late.wait(10)
        assert book.book.known(key, b"inputs") is None
        call = keyed()
        await book.book.begin(call, answers(), lambda output: output.json)
        assert book.book.known(key, b"inputs") is call
        with pytest.raises(InvalidInput):
            book.book.known(key, b"others")
        assert await call.wait(10)
        book.book.forget(call)
        assert book.book.known(key, b"inputs") is None

    run(body())


async def _busy_at_once() -> CallResult:
    raise AppBusy("full")


def test_closing_cancels_what_runs(tmp_path: Path) -> None:
    async def body() -> None:
        book = Book(tmp_path)
        call = await book.begin(answers(gate=asyncio.Event()))
        assert not await call.wait(0)
        await book.book.close()
        assert call.status is CallStatus.CANCELLED

    run(body())


def test_ids_outlive_the_process_that_made_them(tmp_path: Path) -> None:
    first, second = CallIds(tmp_path / "secret"), CallIds(tmp_path / "secret")
    issued = first.issue("p")
    assert second.ours("p", issued)
    assert not second.ours("q", issued)
    assert not CallIds(tmp_path / "other").ours("p", issued)
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


@given(st.text(max_size=60))
def test_made_up_ids_are_none_of_ours(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    book = CallRegistry(CallIds(tmp_path_factory.getbasetemp() / "made-up"), CallBounds())
    with pytest.raises(NotFound):
        book.find("p", text, None)
