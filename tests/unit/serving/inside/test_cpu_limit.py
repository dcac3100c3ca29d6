"""Workers that use more cores than they may are kept to fewer, until they rest."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from openmo.serving.inside.cpu_limit import CpuLimit
from openmo.system.processes import ProcessTable, read_processes

SECOND = os.sysconf("SC_CLK_TCK")
EVERYWHERE = os.sched_getaffinity(0)

pytestmark = pytest.mark.skipif(len(EVERYWHERE) < 2, reason="one core can be kept to nothing less")


@pytest.fixture
def tree() -> Iterator[list[int]]:
    """Two processes that sleep; one has a second thread."""
    plain = "import sys; print('up', flush=True); sys.stdin.read()"
    threaded = f"import sys, threading; threading.Thread(target=sys.stdin.read).start(); {plain}"
    started = [
        subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for code in (threaded, plain)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
    yield [process.pid for process in started]
    for process in started:
        process.kill()
        process.communicate()


def used(tree: list[int], *seconds: float) -> ProcessTable:
    ticks = {pid: int(each * SECOND) for pid, each in zip(tree, seconds, strict=True)}
    return ProcessTable(children={}, resident={}, ticks=ticks, tasks={})


def cores(tree: list[int]) -> set[frozenset[int]]:
    """Of all threads."""
    threads = [int(thread.name) for pid in tree for thread in Path(f"/proc/{pid}/task").iterdir()]
    assert len(threads) == 3
    return {frozenset(os.sched_getaffinity(thread)) for thread in threads}


def test_one_busy_core_is_nobodys_business(tree: list[int]) -> None:
    limit = CpuLimit(1)
    for second in range(4):
        limit.look(tree, used(tree, second, 0), float(second))
        assert cores(tree) == {frozenset(EVERYWHERE)}


def test_more_is_kept_to_what_it_may_have_until_it_rests(tree: list[int]) -> None:
    limit = CpuLimit(1)
    limit.look(tree, used(tree, 0, 0), 0.0)
    limit.look(tree, used(tree, 0.9, 0.9), 1.0)
    (kept,) = cores(tree)
    assert len(kept) == 1
    limit.look(tree, used(tree, 1.4, 1.4), 2.0)
    assert cores(tree) == {kept}, "kept to one core it uses one, which is no rest"
    limit.look(tree, used(tree, 1.45, 1.45), 3.0)
    assert cores(tree) == {frozenset(EVERYWHERE)}


def test_what_is_started_meanwhile_counts_and_is_kept_too(tree: list[int]) -> None:
    limit = CpuLimit(1)
    limit.look(tree[:1], used(tree[:1], 0), 0.0)
    limit.look(tree, used(tree, 0.7, 0.7), 1.0)
    assert len(cores(tree)) == 1
    assert all(len(each) == 1 for each in cores(tree))


def test_whoever_may_use_the_whole_machine_is_left_alone(tree: list[int]) -> None:
    limit = CpuLimit(len(EVERYWHERE))
    limit.look(tree, used(tree, 0, 0), 0.0)
    limit.look(tree, used(tree, 100, 100), 1.0)
    assert cores(tree) == {frozenset(EVERYWHERE)}


def test_use_is_read_from_the_system() -> None:
    before = read_processes().ticks[os.getpid()]
    while read_processes().ticks[os.getpid()] == before:
        sum(range(10_000))
