import errno
import multiprocessing
import os
from pathlib import Path

import pytest

from openmo.config.settings import DataFolder
from openmo.installation.lock import AlreadyRunning, DataLock, lock_holder
from openmo.installation.run_files import RunFiles
from openmo.installation.state import RunState, Supervisor, load_running
from openmo.signalling.reports import ServiceReport, ServiceState
from openmo.system.process_identity import ProcessIdentity
from openmo.system.rotating_log import RotatingLog, last_lines


def test_a_log_turns_over_and_ends(tmp_path: Path) -> None:
    with RotatingLog(tmp_path / "log", limit=100, kept=2) as log:
        for number in range(50):
            log.write(f"line {number:04}\n".encode())
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["log", "log.1", "log.2"]
    assert all(path.stat().st_size <= 100 for path in tmp_path.iterdir())
    together = b"".join((tmp_path / name).read_bytes() for name in ("log.2", "log.1", "log")).decode().split("\n")
    assert together[-2] == "line 0049"
    assert [int(line[5:]) for line in together[:-1]] == list(range(50 - len(together) + 1, 50)), (
        "nothing is lost between"
    )


def test_a_log_that_cannot_turn_over_goes_on_and_closes_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    with RotatingLog(tmp_path / "log", limit=10, kept=1) as log:
        log.write(b"12345678\n")
        with monkeypatch.context() as patch:
            patch.setattr(Path, "replace", refuse)
            with pytest.raises(OSError, match="Read-only"):
                log.write(b"lost\n")
            stranger = os.open(tmp_path / "other", os.O_CREAT | os.O_RDWR)  # gets the number that was closed, if any
            with pytest.raises(OSError, match="Read-only"):
                log.write(b"lost, too\n")
            os.fstat(stranger)
        log.write(b"back\n")
        os.fstat(stranger)
        os.close(stranger)
    assert [(tmp_path / name).read_bytes() for name in ("log.1", "log")] == [b"12345678\n", b"back\n"]


def test_a_log_goes_on_where_it_ended(tmp_path: Path) -> None:
    for text in (b"one\n", b"two\n"):
        with RotatingLog(tmp_path / "log") as log:
            log.write(text)
    assert last_lines(tmp_path / "log") == "one\ntwo"
    assert last_lines(tmp_path / "absent") == ""


def _hold(run: Path, ready: "multiprocessing.synchronize.Event", done: "multiprocessing.synchronize.Event") -> None:
    DataLock(run).acquire()
    ready.set()
    done.wait(30)


def test_a_second_holder_is_refused_and_told_who(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    holder = context.Process(target=_hold, args=(tmp_path, ready, done))
    holder.start()
    assert ready.wait(30)
    with pytest.raises(AlreadyRunning) as refused:
        DataLock(tmp_path).acquire()
    assert refused.value.fields["pid"] == holder.pid
    assert str(holder.pid) in refused.value.message
    assert lock_holder(tmp_path) == holder.pid
    holder.kill()
    holder.join()
    assert lock_holder(tmp_path) is None
    lock = DataLock(tmp_path)
    lock.acquire()  # the kernel has let go of it
    lock.release()


def _state(identity: ProcessIdentity) -> RunState:
    report = ServiceReport(name="web", state=ServiceState.READY, pid=1, since="2026-01-01T00:00:00+00:00", restarts=2)
    return RunState(supervisor=Supervisor.of(identity), processes=(report,), url="http://127.0.0.1:1", account="我")


def _saved(data: Path, state: RunState) -> DataFolder:
    folder = DataFolder(data)
    folder.prepare()
    RunFiles(folder.run, lambda _: None).write("state.json", state.encode())
    return folder


def test_a_state_is_read_as_it_was_written(tmp_path: Path) -> None:
    state = _state(ProcessIdentity.of())
    folder = _saved(tmp_path, state)
    assert load_running(folder) == state
    assert (folder.run / "state.json").stat().st_mode & 0o777 == 0o600, "it holds a token"


def test_a_state_of_a_dead_supervisor_is_none(tmp_path: Path) -> None:
    own = ProcessIdentity.of()
    folder = _saved(tmp_path, _state(ProcessIdentity(pid=own.pid, started=(own.started or 0) + 1, boot=own.boot)))
    assert load_running(folder) is None


@pytest.mark.parametrize("content", [None, "", "{}", "[]", '{"supervisor": {}, "processes": [{"state": "odd"}]}'])
def test_a_broken_state_is_none(tmp_path: Path, content: str | None) -> None:
    folder = DataFolder(tmp_path)
    folder.prepare()
    if content is not None:
        (folder.run / "state.json").write_text(content)
    assert load_running(folder) is None


def test_a_damaged_state_of_a_living_supervisor_names_its_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openmo.installation.state._READ_SECONDS", 0.0)
    folder = _saved(tmp_path, _state(ProcessIdentity.of()))
    (folder.run / "state.json").write_text("{")
    lock = DataLock(tmp_path)
    lock.acquire()
    found = load_running(folder)
    assert found is not None
    assert (found.supervisor, found.url) == (Supervisor.of(ProcessIdentity.of()), "")
    lock.release()
    assert load_running(folder) is None


def test_files_that_cannot_be_written_are_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    files = RunFiles(tmp_path, told.append)

    def full(_path: Path, _data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("openmo.installation.run_files.write_over", full)
        with pytest.raises(OSError, match="No space"):
            files.write("state.json", b"1")
        files.look_after()
    files.look_after()
    assert (tmp_path / "state.json").read_bytes() == b"1"
    assert len(told) == 1
