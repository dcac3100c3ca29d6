"""Records are whole or absent, and the first one stands."""

import errno
import os
import threading
from pathlib import Path

import pytest

from openmo.execution.inside import folder as job_folder


def test_only_one_publisher_wins(tmp_path: Path) -> None:
    won: list[int] = []
    barrier = threading.Barrier(8)

    def publish(number: int) -> None:
        barrier.wait()
        if job_folder.publish(str(tmp_path), job_folder.SHIM, {"number": number}):
            won.append(number)

    threads = [threading.Thread(target=publish, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert job_folder.read_record(str(tmp_path), job_folder.SHIM) == {"number": won[0]}
    assert [entry.name for entry in tmp_path.iterdir()] == [job_folder.SHIM]


def test_no_record_is_none(tmp_path: Path) -> None:
    assert job_folder.read_record(str(tmp_path), job_folder.EXIT) is None


def test_a_record_that_a_power_cut_emptied_is_there_and_says_nothing(tmp_path: Path) -> None:
    (tmp_path / job_folder.SHIM).write_bytes(b"")
    assert job_folder.read_record(str(tmp_path), job_folder.SHIM) == {}


def test_replace_takes_the_place(tmp_path: Path) -> None:
    job_folder.replace(str(tmp_path), job_folder.JOB, {"a": 1})
    job_folder.replace(str(tmp_path), job_folder.JOB, {"a": 2})
    assert job_folder.read_record(str(tmp_path), job_folder.JOB) == {"a": 2}


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
        job_folder.publish(str(tmp_path), job_folder.EXIT, {"kind": "exited"})
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_cannot_be_asked_has_space(tmp_path: Path) -> None:
    """The record of an end is written then as ever."""
    assert job_folder.has_space(str(tmp_path))
    assert job_folder.has_space(str(tmp_path / "gone"))
