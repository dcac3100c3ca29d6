"""Who is called unresponsive, who is killed for it, and what is nobody's silence."""

import asyncio
import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.installation_services import HANGS, announcing, served, supervise, until

from openmo.installation import watch as watching
from openmo.installation.supervisor import Supervisor
from openmo.installation.watch import AwakeTime, Watch, overload
from openmo.signalling.reports import ServiceReport, ServiceState


class _Clock:
    """Goes on when it is told to; its wall clock says something else each time."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return datetime.fromtimestamp(4e9 - 1e6 * self.seconds, UTC)


class _Watched:
    """A watch whose half seconds pass as fast as they can."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, load: float = 1.0, leniency: float = 1.0) -> None:
        monkeypatch.setattr(watching, "overload", lambda: load)
        self.clock = _Clock()
        self.states: list[ServiceState] = []
        self.watch = Watch(
            AwakeTime(self.clock),
            lambda state, _: self.states.append(state),
            start_seconds=180.0,
            leniency=leniency,
        )

    async def silence(self, monkeypatch: pytest.MonkeyPatch, *, ticks: int, step: float = 0.5) -> float | None:
        """What becomes of it when so many looks, `step` seconds apart, find nothing; None: it is left alone."""
        left = ticks

        async def sleep(_seconds: float) -> None:
            nonlocal left
            if not left:
                raise TimeoutError
            left -= 1
            self.clock.seconds += step

        monkeypatch.setattr(asyncio, "sleep", sleep)
        try:
            return await self.watch.until_hung()
        except TimeoutError:
            return None


def test_silence_is_shown_and_then_not_borne(monkeypatch: pytest.MonkeyPatch) -> None:
    async def body() -> None:
        one = _Watched(monkeypatch)
        one.watch.hear()
        assert await one.silence(monkeypatch, ticks=11) is None
        assert one.states == [ServiceState.READY]
        assert await one.silence(monkeypatch, ticks=1) is None
        assert one.states == [ServiceState.READY, ServiceState.UNRESPONSIVE], "six seconds without an answer"
        one.watch.hear()
        assert one.states[2:] == [ServiceState.READY]
        assert await one.silence(monkeypatch, ticks=59) is None
        assert await one.silence(monkeypatch, ticks=1) == pytest.approx(30.0)

    asyncio.run(body())


@pytest.mark.parametrize(("load", "leniency"), [(4.0, 1.0), (1.0, 4.0)])
def test_a_slow_machine_is_given_time(monkeypatch: pytest.MonkeyPatch, load: float, leniency: float) -> None:
    async def body() -> None:
        one = _Watched(monkeypatch, load=load, leniency=leniency)
        one.watch.hear()
        assert await one.silence(monkeypatch, ticks=239) is None
        assert await one.silence(monkeypatch, ticks=1) == pytest.approx(120.0)

    asyncio.run(body())


@pytest.mark.parametrize("step", [3600.0, 2.0])
def test_what_the_supervisor_slept_through_is_no_silence(monkeypatch: pytest.MonkeyPatch, step: float) -> None:
    """Suspended, stopped, or not given its turn: between two looks at most one second counts."""

    async def body() -> None:
        one = _Watched(monkeypatch)
        one.watch.hear()
        assert await one.silence(monkeypatch, ticks=5, step=step) is None
        assert one.states == [ServiceState.READY]

    asyncio.run(body())


def test_one_that_never_answered_has_longer_and_one_that_answered_with_a_problem_has_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def body() -> None:
        never = _Watched(monkeypatch)
        assert await never.silence(monkeypatch, ticks=359) is None
        assert await never.silence(monkeypatch, ticks=1) == pytest.approx(180.0)
        unwell = _Watched(monkeypatch)
        for _ in range(1000):  # long beyond what a start may take
            unwell.watch.hear("database: It is away.")
            assert await unwell.silence(monkeypatch, ticks=2) is None
        assert unwell.watch.stuck
        assert set(unwell.states) == {ServiceState.STARTING}
        assert await unwell.silence(monkeypatch, ticks=60) == pytest.approx(30.0, abs=1.0)

    asyncio.run(body())


def test_a_part_that_is_away_degrades_a_service_that_has_worked(monkeypatch: pytest.MonkeyPatch) -> None:
    one = _Watched(monkeypatch)
    one.watch.hear()
    one.watch.hear("database: It is away.")
    one.watch.hear()
    assert one.states == [ServiceState.READY, ServiceState.DEGRADED, ServiceState.READY]


def test_load_counts_for_something_but_not_for_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    for load, factor in ((0.0, 1.0), (4.0, 2.0), (1000.0, watching.MAX_LOAD)):
        monkeypatch.setattr(os, "getloadavg", lambda load=load: (load, 0.0, 0.0))
        monkeypatch.setattr(os, "cpu_count", lambda: 2)
        assert overload() == factor


def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("UNRESPONSIVE_SECONDS", 1.0), ("HANG_SECONDS", 2.5), ("_ASK_SECONDS", 0.1)):
        monkeypatch.setattr(watching, name, value)
    monkeypatch.setattr(watching, "overload", lambda: 1.0)


async def _ready(supervisor: Supervisor) -> ServiceReport:
    await until(lambda: supervisor.reports()[0].state is ServiceState.READY)
    return supervisor.reports()[0]


@pytest.mark.parametrize("make", [served, announcing])
def test_a_stopped_process_is_shown_killed_and_started_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[], object]
) -> None:
    _quick(monkeypatch)

    async def body(supervisor: Supervisor) -> None:
        await supervisor.start()
        first, other = (await _ready(supervisor)), supervisor.reports()[1]
        assert first.pid
        os.kill(first.pid, signal.SIGSTOP)
        await until(lambda: supervisor.reports()[0].state is ServiceState.UNRESPONSIVE)
        assert supervisor.reports()[0].describe()
        await until(lambda: supervisor.reports()[0].restarts == 1)
        again = await _ready(supervisor)
        assert again.pid != first.pid
        assert again.last_end
        assert again.last_end.silent_seconds >= 2
        assert "did not answer" in again.last_end.describe()
        assert supervisor.reports()[1].pid == other.pid

    supervise(tmp_path, [make(), served("other")], body)  # type: ignore[list-item]  # both make a Service
    assert "It did not answer for" in next(tmp_path.glob("watched.log")).read_text()


def test_one_that_goes_on_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _quick(monkeypatch)
    monkeypatch.setattr(watching, "HANG_SECONDS", 600.0)

    async def body(supervisor: Supervisor) -> None:
        await supervisor.start()
        first = await _ready(supervisor)
        assert first.pid
        os.kill(first.pid, signal.SIGSTOP)
        await until(lambda: supervisor.reports()[0].state is ServiceState.UNRESPONSIVE)
        os.kill(first.pid, signal.SIGCONT)
        assert (await _ready(supervisor)).pid == first.pid

    supervise(tmp_path, [served()], body)


def test_one_that_hangs_while_it_starts_is_started_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It answers that it does not work, for as long as it likes; then it hangs."""
    _quick(monkeypatch)
    monkeypatch.setattr(watching, "START_SECONDS", 600.0)

    async def body(supervisor: Supervisor) -> None:
        starting = asyncio.create_task(supervisor.start())
        await until(lambda: supervisor.reports()[0].detail == "hub: It is away.")
        pid = supervisor.reports()[0].pid
        assert pid
        os.kill(pid, signal.SIGSTOP)
        await until(lambda: supervisor.reports()[0].restarts == 1)
        starting.cancel()

    supervise(tmp_path, [served(code=HANGS)], body)


@pytest.mark.deep("waits for longer than a service may be silent")
def test_a_loop_beats_while_it_gets_on_and_no_longer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long round that works is alive, one that waits for what never comes is not."""
    _quick(monkeypatch)
    monkeypatch.setattr(watching, "HANG_SECONDS", 6.0)
    works, waits = tmp_path / "works", tmp_path / "waits"

    async def body(supervisor: Supervisor) -> None:
        await supervisor.start()
        pid = (await _ready(supervisor)).pid
        works.touch()
        await until(lambda: works.read_text() == "done")
        assert supervisor.reports()[0].pid == pid, "it worked for longer than it may be silent"
        waits.touch()
        await until(lambda: supervisor.reports()[0].state is ServiceState.UNRESPONSIVE)
        waits.unlink()
        await until(lambda: supervisor.reports()[0].restarts == 1)

    supervise(tmp_path, [announcing(str(works), str(waits))], body)
