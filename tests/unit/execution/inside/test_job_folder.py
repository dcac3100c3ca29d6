"""Records are whole or absent, and the first one stands."""

import errno
import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from openmo.execution.inside import folder as job_folder
from openmo.execution.inside.records import ExitRecord, HoleRecord, ShimRecord
from openmo.execution.records import read_exit, read_hole, read_job, read_shim
from openmo.wire.strict import WrongMessage


def shim(pid: int) -> ShimRecord:
    return ShimRecord(pid=pid, start=1, boot="b", mark="m", taken_at=1.0)


def test_only_one_publisher_wins(tmp_path: Path) -> None:
    won: list[int] = []
    barrier = threading.Barrier(8)

    def publish(number: int) -> None:
        barrier.wait()
        if job_folder.publish(str(tmp_path), job_folder.SHIM, shim(number)):
            won.append(number)

    threads = [threading.Thread(target=publish, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert read_shim(tmp_path) == shim(won[0])
    assert [entry.name for entry in tmp_path.iterdir()] == [job_folder.SHIM]


def test_no_record_is_none(tmp_path: Path) -> None:
    assert (read_shim(tmp_path), read_job(tmp_path), read_exit(tmp_path), read_hole(tmp_path)) == (None,) * 4


def test_a_record_that_a_power_cut_emptied_is_there_and_says_nothing(tmp_path: Path) -> None:
    (tmp_path / job_folder.SHIM).write_bytes(b"")
    with pytest.raises(WrongMessage):
        read_shim(tmp_path)


def test_replace_takes_the_place(tmp_path: Path) -> None:
    job_folder.replace(str(tmp_path), job_folder.LOG_HOLE, HoleRecord(start=1, end=2))
    job_folder.replace(str(tmp_path), job_folder.LOG_HOLE, HoleRecord(start=1, end=3))
    assert read_hole(tmp_path) == HoleRecord(start=1, end=3)


def test_the_wish_to_stop_stands_once(tmp_path: Path) -> None:
    assert not job_folder.stop_requested(str(tmp_path))
    job_folder.request_stop(str(tmp_path))
    job_folder.request_stop(str(tmp_path))
    assert job_folder.stop_requested(str(tmp_path))


def test_a_full_disk_leaves_no_half_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = iter([5])
    real_write = os.write

    def write(descriptor: int, data: bytes) -> int:
        if (left := next(room, 0)) == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real_write(descriptor, data[:left])

    monkeypatch.setattr(os, "write", write)
    with pytest.raises(OSError, match="No space"):
        job_folder.publish(str(tmp_path), job_folder.EXIT, ExitRecord(kind="exited", ended_at=1.0))
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_cannot_be_asked_has_space(tmp_path: Path) -> None:
    """The record of an end is written then as ever."""
    assert job_folder.has_space(str(tmp_path))
    assert job_folder.has_space(str(tmp_path / "gone"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "vanished"},
        {"ended_at": 1e300},
        {"ended_at": -1.0},
        {"started_at": 1e300},
        {"code": 1 << 40},
        {"signal": -1},
        {"peak_memory_bytes": 1 << 70},
    ],
)
def test_no_job_ends_in_a_way_that_nothing_here_could_hold(tmp_path: Path, wrong: dict[str, Any]) -> None:
    told = {"kind": "exited", "ended_at": 2.5, "started_at": 1.5, "code": 0, "signal": None, "peak_memory_bytes": 1}
    (tmp_path / job_folder.EXIT).write_text(json.dumps(told))
    assert read_exit(tmp_path) is not None
    (tmp_path / job_folder.EXIT).write_text(json.dumps({**told, **wrong}))
    with pytest.raises(WrongMessage):
        read_exit(tmp_path)
