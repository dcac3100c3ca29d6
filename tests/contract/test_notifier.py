"""What every notifier promises, whichever engine is behind it."""

import resource
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from openmo.signalling.datagram import DatagramNotifier
from openmo.signalling.memory import MemoryNotifier
from openmo.signalling.notifier import Notifier

LONG = 30.0
"""Never waited for: a wake that is lost here fails the test by its answer."""


@pytest.fixture(params=["datagram", "memory"])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Notifier, Notifier]]:
    """Whoever waits, and whoever wakes: in two processes, where the engine can do that."""
    if request.param == "memory":
        notifier = MemoryNotifier()
        yield notifier, notifier
        return
    waiting, waking = DatagramNotifier(tmp_path), DatagramNotifier(tmp_path)
    yield waiting, waking
    waiting.close()
    waking.close()


def test_a_wake_is_heard(pair: tuple[Notifier, Notifier]) -> None:
    waiting, waking = pair
    assert waiting.wait("topic", 0.0) is False
    waking.wake("topic")
    assert waiting.wait("topic", LONG) is True
    assert waiting.wait("topic", 0.0) is False


def test_a_wake_reaches_whoever_waits_already(pair: tuple[Notifier, Notifier]) -> None:
    waiting, waking = pair
    waiting.wait("topic", 0.0)
    heard: list[bool] = []
    thread = threading.Thread(target=lambda: heard.append(waiting.wait("topic", LONG)))
    thread.start()
    waking.wake("topic")
    thread.join(LONG)
    assert heard == [True]


def test_many_wakes_are_one_and_never_block(pair: tuple[Notifier, Notifier]) -> None:
    waiting, waking = pair
    waiting.wait("topic", 0.0)
    for _ in range(5000):
        waking.wake("topic")
    assert waiting.wait("topic", LONG) is True
    assert waiting.wait("topic", 0.0) is False


def test_topics_are_apart(pair: tuple[Notifier, Notifier]) -> None:
    waiting, waking = pair
    for topic in ("one", "two"):
        waiting.wait(topic, 0.0)
    waking.wake("one")
    assert waiting.wait("two", 0.0) is False
    assert waiting.wait("one", LONG) is True


def test_waking_where_nobody_waits_is_no_error(pair: tuple[Notifier, Notifier]) -> None:
    _, waking = pair
    waking.wake("nobody")


@pytest.fixture
def open_file_limit() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_a_folder_with_a_long_name_and_many_open_files_are_no_obstacle(tmp_path: Path, open_file_limit: None) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 2000:
        pytest.skip("this machine allows no process so many open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (2000, hard))
    folder = tmp_path / ("f" * 200)
    folder.mkdir()
    opened = [(tmp_path / "x").open("wb") for _ in range(1100)]
    notifier = DatagramNotifier(folder)
    try:
        assert notifier.wait("topic", 0.0) is False
        notifier.wake("topic")
        assert notifier.wait("topic", LONG) is True
    finally:
        notifier.close()
        for file in opened:
            file.close()


def test_the_next_process_takes_over_a_topic_left_by_a_killed_one(tmp_path: Path) -> None:
    killed, following, waking = (DatagramNotifier(tmp_path) for _ in range(3))
    killed.wait("topic", 0.0)
    following.wait("topic", 0.0)
    waking.wake("topic")
    assert following.wait("topic", LONG) is True
    for notifier in (killed, following, waking):
        notifier.close()
