"""What an app's workers and calls do without a process."""

import asyncio
from pathlib import Path

import pytest
from support.served_apps import make_release

from openmo.serving.forked.app import AppWorkers
from openmo.serving.forked.call import Call
from openmo.serving.forked.log import AppLog
from openmo.serving.forked.worker import Worker
from openmo.serving.pool import CallOutput, OutputFile, WorkerLost


class NoWorkers:
    """A machine that is full."""

    async def start_worker(self, app: AppWorkers) -> Worker:
        raise NotImplementedError

    def may_start(self, app: AppWorkers) -> bool:
        del app
        return False

    def worker_removed(self, worker: Worker) -> None: ...


class Transport(asyncio.Transport):
    """Remembers whether it may read."""

    reading = True

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True


def test_a_call_that_no_worker_lives_to_read_is_given_up(tmp_path: Path) -> None:
    """As where its inputs are more than a worker's memory: it must not kill one worker after the other."""

    async def walk() -> None:
        log = AppLog(tmp_path / "log")
        app = AppWorkers(make_release(tmp_path, "def handle(conf): ..."), NoWorkers(), log)
        call = app.submit(b"{}", {})
        for _ in range(2):
            app.queue.clear()
            app.call_unread(call)
            assert list(app.queue) == [call]
        app.queue.clear()
        app.call_unread(call)
        assert not app.queue
        with pytest.raises(WorkerLost, match="too large"):
            await call.answer
        log.close()

    asyncio.run(walk())


def test_a_slow_reader_makes_the_worker_wait_by_bytes_too() -> None:
    async def walk() -> None:
        call, transport = Call(b"{}", {}, 0.0), Transport()
        for _ in range(5):
            call.yield_output(CallOutput(json=b"x" * (1 << 20)), transport, lambda: None)
        assert not transport.reading
        stream = await call.answer
        outputs = stream.outputs  # type: ignore[union-attr]  # it is a stream: it has yielded
        for _ in range(3):
            await anext(outputs)
        assert transport.reading
        await outputs.aclose()

    asyncio.run(walk())


def test_files_of_answers_that_nobody_gets_are_gone(tmp_path: Path) -> None:
    def output(name: str) -> CallOutput:
        (tmp_path / name).write_text("x")
        return CallOutput(json=b"{}", files=(OutputFile(key="f", path=tmp_path / name, name=name),))

    async def walk() -> None:
        left, never_read, one = (Call(b"{}", {}, 0.0) for _ in range(3))
        for name in ("1", "2"):
            left.yield_output(output(name), Transport(), lambda: None)
        outputs = (await left.answer).outputs  # type: ignore[union-attr]  # it is a stream: it has yielded
        for file in (await anext(outputs)).files:
            file.path.unlink()
        await outputs.aclose()
        left.yield_output(output("3"), Transport(), lambda: None)
        never_read.answer.cancel()
        never_read.yield_output(output("4"), Transport(), lambda: None)
        one.answer.cancel()
        one.finish(output("5"), 1.0)

    asyncio.run(walk())
    assert [*tmp_path.iterdir()] == []
