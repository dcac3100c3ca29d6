"""States, errors, delays, files that are whole or absent."""

import itertools
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from openmo.core import errors
from openmo.core.backoff import exponential
from openmo.core.clock import SystemClock, unix_now
from openmo.core.errors import InvalidTransition, OpenMoError, Unavailable
from openmo.core.hostile.paths import write_atomic, write_once
from openmo.core.states import ACTIVE, JOB_MOVES, TERMINAL, JobState, check_job_move


def test_every_state_waits_runs_or_has_ended() -> None:
    assert set(JobState) == ACTIVE | TERMINAL
    assert not ACTIVE & TERMINAL
    assert {state for state in JobState if state.is_terminal} == TERMINAL


@pytest.mark.parametrize(("before", "after"), list(itertools.product(JobState, JobState)))
def test_only_the_tables_moves_are_legal(before: JobState, after: JobState) -> None:
    if after in JOB_MOVES[before]:
        check_job_move(before, after)
    else:
        with pytest.raises(InvalidTransition) as refused:
            check_job_move(before, after)
        assert refused.value.fields == {"before": before, "after": after}


def test_an_end_is_final_and_every_state_can_end() -> None:
    assert all(not JOB_MOVES[state] for state in TERMINAL)
    assert all(JOB_MOVES[state] & TERMINAL for state in ACTIVE)


def test_every_error_has_a_code_of_its_own() -> None:
    found = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, OpenMoError)]
    assert len({one.code for one in found}) == len(found)
    assert all(one.title and 400 <= one.status < 600 for one in found)
    assert str(OpenMoError("what happened", field="x")) == "what happened"
    assert Unavailable("later", retry_after=3.0).fields == {"retry_after": 3.0}


def test_delays_grow_to_their_ceiling() -> None:
    delays = list(itertools.islice(exponential(first=1.0, factor=2.0, ceiling=5.0, jitter=0.0), 5))
    assert delays == [1.0, 2.0, 4.0, 5.0, 5.0]
    shaken = itertools.islice(exponential(first=1.0, factor=1.0, jitter=0.5), 100)
    assert all(0.5 <= delay <= 1.5 for delay in shaken)


def test_moments_are_aware_and_in_utc() -> None:
    now = SystemClock().now()
    assert now.utcoffset() == timedelta()
    assert now.timestamp() <= unix_now()


def test_a_file_is_whole_or_absent(tmp_path: Path) -> None:
    target = tmp_path / "file"
    write_atomic(target, b"one")
    assert target.stat().st_mode & 0o777 == 0o600
    target.unlink()
    target.mkdir()
    with pytest.raises(OSError, match="directory"):
        write_atomic(target, b"two")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_of_many_first_writers_one_wins_for_all(tmp_path: Path) -> None:
    target, read = tmp_path / "secret", []
    start = threading.Barrier(8)

    def write(number: int) -> None:
        start.wait()
        write_once(target, str(number).encode())
        read.append(target.read_text())

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(read)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]
