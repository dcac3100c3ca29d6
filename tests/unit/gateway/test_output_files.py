"""Output files leave the disk: when they expire, and the oldest of an app that has too much there."""

import contextlib
import os
from pathlib import Path
from unittest.mock import Mock

import pytest
from support.clocks import ManualClock
from support.served_apps import make_release

from openmo.core.errors import NotFound, StorageFull
from openmo.core.space import DiskSpace
from openmo.gateway.calls.service import CallService
from openmo.gateway.endpoint import Endpoints
from openmo.gateway.files import FileStore
from openmo.gateway.recorder import CallRecorder
from openmo.serving.pool import CallOutput, OutputFile


def test_the_newest_files_of_each_app_stay_within_its_bound(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "files", seconds=3600, public_url="", app_bytes=250)
    greedy, modest = (make_release(tmp_path / name, "def handle(conf): ...") for name in ("greedy", "modest"))
    tokens = []
    for number, release in enumerate((greedy, greedy, greedy, modest)):
        made = tmp_path / f"{number}.txt"
        made.write_bytes(b"x" * 100)
        tokens.append(store.keep(release, OutputFile(key="f", path=made, name="made.txt")).rsplit("/", 1)[-1])
        folder = tmp_path / "files" / release.project_id / tokens[-1]
        moment = folder.stat().st_mtime - 100 + number
        os.utime(folder, (moment, moment))
    store.sweep()
    with pytest.raises(NotFound):
        store.find(greedy.project_id, tokens[0])
    for release, token in ((greedy, tokens[1]), (greedy, tokens[2]), (modest, tokens[3])):
        assert store.find(release.project_id, token).path.read_bytes() == b"x" * 100


def test_a_file_that_cannot_be_kept_stays_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = FileStore(tmp_path / "files", seconds=3600, public_url="")
    release = make_release(tmp_path / "app", "def handle(conf): ...")
    made = tmp_path / "made.txt"
    made.write_text("x")

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("openmo.serving.kept_files.shutil.move", full)
    with pytest.raises(OSError, match="No space"):
        store.keep(release, OutputFile(key="f", path=made, name="made.txt"))
    assert not made.exists()
    assert [*(tmp_path / "files" / release.project_id).iterdir()] == []


def test_no_output_takes_the_last_of_the_disk(tmp_path: Path) -> None:
    """What is kept for sign-in, records and ends of jobs is no app's."""
    release = make_release(tmp_path / "releases", "")
    for low, refused in ((1, False), (1 << 60, True)):
        store = FileStore(tmp_path / "files", seconds=3600, public_url="", space=DiskSpace(tmp_path, low))
        made = tmp_path / "made.bin"
        made.write_bytes(b"x")
        with pytest.raises(StorageFull) if refused else contextlib.nullcontext():
            assert store.keep(release, OutputFile(key="a", name="made.bin", path=made))
        assert not made.exists()


def test_of_an_answer_whose_files_cannot_be_kept_none_stays_behind(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "files", seconds=3600, public_url="", space=DiskSpace(tmp_path, 1 << 60))
    files = tuple(OutputFile(key=name, name=name, path=tmp_path / name) for name in ("a", "b"))
    for file in files:
        file.path.write_bytes(b"x")
    calls = CallService(Mock(), store, CallRecorder(None, ManualClock()))
    endpoint = Endpoints().get(make_release(tmp_path / "releases", "def handle(conf): ..."))
    with pytest.raises(StorageFull):
        calls.render(endpoint, CallOutput(json=b'{"a": null, "b": null}', files=files))
    assert not any(file.path.exists() for file in files)
