"""Sessions: what is sent becomes the next version, once, and nobody learns of other people's files by it."""

import asyncio
import hashlib
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from support.clocks import ManualClock
from support.platform import Platform
from support.processes import wait_for

from openmo.accounts.values import VISITOR, Actor
from openmo.core.errors import Conflict, Forbidden, InvalidInput, NotFound, NotSignedIn, StorageFull
from openmo.core.visibility import Visibility
from openmo.datasets.uploads.receiving import PartialFile, Receiver
from openmo.datasets.uploads.values import MAX_SESSIONS, NewDataset, Upload, UploadState
from openmo.datasets.values import Dataset


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


def send(platform: Platform, actor: Actor, upload: Upload, files: Mapping[str, bytes], *, known: bool = True) -> None:
    """Each file whole, as a sender does it."""
    for path, data in files.items():
        sent = platform.uploads.add_file(
            actor, upload.session.id, path, size=len(data), sha256=sha256(data) if known else ""
        )
        if not sent.is_whole:
            awaited = platform.uploads.file_to_write(actor, upload.session.id, sent.file.number)
            rest = data[sent.offset :]
            asyncio.run(Receiver().receive(awaited.path, _once(rest), offset=sent.offset, limit=len(data)))


def finish(platform: Platform, actor: Actor, upload: Upload, **said: object) -> Upload:
    return platform.uploads.finish(actor, upload.session.id, wait=30, **said)  # type: ignore[arg-type]  # as it takes


def content(platform: Platform, dataset: Dataset) -> dict[str, bytes]:
    folder = platform.datasets.path(dataset)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def ada(platform: Platform) -> Actor:
    return platform.actor("ada")


def made(platform: Platform, ada: Actor, files: Mapping[str, bytes], name: str = "digits") -> Dataset:
    upload = platform.uploads.open(ada, dataset=None, new=NewDataset(name=name))
    send(platform, ada, upload, files)
    done = finish(platform, ada, upload)
    assert done.session.state is UploadState.FINISHED, done.session.problem
    return platform.datasets.get(ada, "ada", name)


def test_a_new_dataset_is_made_of_what_was_sent(platform: Platform, ada: Actor) -> None:
    new = NewDataset(name="digits", title="Digits", tags=["image"], licence="CC0-1.0", category="image", public=True)
    upload = platform.uploads.open(ada, dataset=None, new=new)
    files = {"README.md": b"# Digits\n", "images/0/1.png": b"\x89PNG", "empty.txt": b""}
    send(platform, ada, upload, files)
    done = finish(platform, ada, upload, notes="The first.")
    dataset = platform.datasets.get(VISITOR, "ada", "digits")
    assert (done.session.state, done.session.version, done.dataset) == (UploadState.FINISHED, 1, "ada/digits")
    assert (dataset.title, dataset.tags, dataset.licence, dataset.version) == ("Digits", ("image",), "CC0-1.0", 1)
    assert content(platform, dataset) == files
    assert [*platform.folder.uploads.iterdir()] == []


def test_no_byte_is_copied(platform: Platform, ada: Actor) -> None:
    upload = platform.uploads.open(ada, dataset=None, new=NewDataset(name="digits"))
    send(platform, ada, upload, {"a.bin": b"a" * 1000})
    inode = next(platform.folder.uploads.rglob("1")).stat().st_ino
    finish(platform, ada, upload)
    dataset = platform.datasets.get(ada, "ada", "digits")
    assert (platform.datasets.path(dataset) / "a.bin").stat().st_ino == inode


def test_the_next_version_is_the_last_with_its_changes(platform: Platform, ada: Actor) -> None:
    dataset = made(platform, ada, {"a.txt": b"1", "b.txt": b"2", "old/c.txt": b"3", "old/d.txt": b"4"})
    upload = platform.uploads.open(ada, dataset=dataset, new=None)
    assert platform.uploads.remove(ada, upload.session.id, ["old"])[1] == 2
    assert platform.uploads.remove(ada, upload.session.id, ["b.*"])[1] == 3
    send(platform, ada, upload, {"a.txt": b"changed", "new/e.txt": b"5", "b.txt": b"back"})
    done = finish(platform, ada, upload, notes="Less.")
    dataset = platform.datasets.get(ada, "ada", "digits")
    assert (done.session.version, dataset.version) == (2, 2)
    assert content(platform, dataset) == {"a.txt": b"changed", "new/e.txt": b"5", "b.txt": b"back"}
    assert (platform.datasets.path(dataset, 1) / "old" / "d.txt").read_bytes() == b"4"


def test_what_the_last_version_has_is_not_sent_again(platform: Platform, ada: Actor) -> None:
    dataset = made(platform, ada, {"a.bin": b"known"})
    upload = platform.uploads.open(ada, dataset=dataset, new=None)
    again = platform.uploads.add_file(ada, upload.session.id, "copy.bin", size=5, sha256=sha256(b"known"))
    assert again.is_whole
    finish(platform, ada, upload)
    assert content(platform, platform.datasets.get(ada, "ada", "digits"))["copy.bin"] == b"known"


def test_nobody_learns_whether_others_have_a_file(platform: Platform, ada: Actor) -> None:
    made(platform, ada, {"secret.bin": b"secret"})
    bob = platform.actor("bob")
    for new in ("mine", "digits"):
        upload = platform.uploads.open(bob, dataset=None, new=NewDataset(name=new))
        there = platform.uploads.add_file(bob, upload.session.id, "x", size=6, sha256=sha256(b"secret"))
        assert there.offset == 0
    other = made(platform, ada, {"other.bin": b"other"}, name="other")
    upload = platform.uploads.open(ada, dataset=other, new=None)  # not even of one's own other datasets
    assert platform.uploads.add_file(ada, upload.session.id, "x", size=6, sha256=sha256(b"secret")).offset == 0


def test_what_is_the_same_goes_on_where_it_was_left(platform: Platform, ada: Actor) -> None:
    upload = platform.uploads.open(ada, dataset=None, new=NewDataset(name="digits"))
    data = b"0123456789"
    first = platform.uploads.add_file(ada, upload.session.id, "a", size=10, sha256=sha256(data))
    path = platform.uploads.file_to_write(ada, upload.session.id, first.file.number).path
    path.write_bytes(data[:4])
    again = platform.uploads.add_file(ada, upload.session.id, "a", size=10, sha256=sha256(data))
    assert (again.file.number, again.offset) == (first.file.number, 4)
    other = platform.uploads.add_file(ada, upload.session.id, "a", size=10, sha256=sha256(b"9876543210"))
    assert (other.file.number, other.offset, path.exists()) == (first.file.number + 1, 0, False)
    unknown = platform.uploads.add_file(ada, upload.session.id, "a", size=10)
    assert unknown.offset == 0
    assert [each.file.path for each in platform.uploads.files(ada, upload.session.id)] == ["a"]


def test_files_that_came_damaged_are_named_and_sent_anew(platform: Platform, ada: Actor) -> None:
    upload = platform.uploads.open(ada, dataset=None, new=NewDataset(name="digits"))
    sent = platform.uploads.add_file(ada, upload.session.id, "a.bin", size=4, sha256=sha256(b"good"))
    send(platform, ada, upload, {"b.bin": b"fine"})
    platform.uploads.file_to_write(ada, upload.session.id, sent.file.number).path.write_bytes(b"evil")
    failed = finish(platform, ada, upload)
    assert failed.session.state is UploadState.OPEN
    assert failed.session.problem is not None
    assert "'a.bin'" in failed.session.problem
    assert (failed.progress.whole_files, failed.progress.sent_bytes) == (1, 4)
    send(platform, ada, upload, {"a.bin": b"good"})
    assert finish(platform, ada, upload).session.state is UploadState.FINISHED
    assert content(platform, platform.datasets.get(ada, "ada", "digits")) == {"a.bin": b"good", "b.bin": b"fine"}


def test_nothing_is_finished_that_is_not_whole(platform: Platform, ada: Actor) -> None:
    upload = platform.uploads.open(ada, dataset=None, new=NewDataset(name="digits"))
    with pytest.raises(Conflict, match="Nothing was sent"):
        finish(platform, ada, upload)
    sent = platform.uploads.add_file(ada, upload.session.id, "a.bin", size=4)
    with pytest.raises(Conflict, match=r"'a\.bin'"):
        finish(platform, ada, upload)
    platform.uploads.drop_file(ada, upload.session.id, sent.file.number)
    send(platform, ada, upload, {"b.bin": b"b"})
    with pytest.raises(InvalidInput, match="cannot be a dataset name"):
        finish(platform, ada, upload, new=NewDataset(name="No Name"))
    assert finish(platform, ada, upload).session.version == 1


def test_a_version_that_came_meanwhile_is_not_undone(platform: Platform, ada: Actor) -> None:
    dataset = made(platform, ada, {"a.txt": b"1"})
    first, second = (platform.uploads.open(ada, dataset=dataset, new=None) for _ in range(2))
    send(platform, ada, first, {"first.txt": b"first"})
    send(platform, ada, second, {"second.txt": b"second"})
    assert finish(platform, ada, first).session.version == 2
    with pytest.raises(Conflict, match="Version 2"):
        finish(platform, ada, second)
    with pytest.raises(Conflict, match="Version 2"):
        finish(platform, ada, second, onto=7)
    assert finish(platform, ada, second, onto=2).session.version == 3
    paths = content(platform, platform.datasets.get(ada, "ada", "digits"))
    assert sorted(paths) == ["a.txt", "first.txt", "second.txt"]


def test_a_name_that_is_taken_leaves_the_upload_open(platform: Platform, ada: Actor) -> None:
    made(platform, ada, {"a.txt": b"1"})
    upload = platform.uploads.open(ada, dataset=None, new=NewDataset(name="digits"))
    send(platform, ada, upload, {"b.txt": b"2"})
    failed = finish(platform, ada, upload)
    assert failed.session.state is UploadState.OPEN
    assert failed.session.problem == "You already have a dataset 'digits'."
    assert finish(platform, ada, upload, new=NewDataset(name="digits2")).session.version == 1


def test_a_path_that_is_file_and_folder_leaves_the_upload_open(platform: Platform, ada: Actor) -> None:
    upload = platform.uploads.open(ada, dataset=None, new=NewDataset(name="digits"))
    send(platform, ada, upload, {"a": b"1", "a/b": b"2"})
    failed = finish(platform, ada, upload)
    assert failed.session.problem is not None
    assert "a file and a folder at once" in failed.session.problem
    assert failed.progress.sent_bytes == 2


def test_sessions_are_their_account_s_alone(platform: Platform, ada: Actor) -> None:
    dataset = platform.dataset("ada", "public", visibility=Visibility.PUBLIC)
    upload = platform.uploads.open(ada, dataset=dataset, new=None)
    sent = platform.uploads.add_file(ada, upload.session.id, "a", size=1)
    uploads, number = platform.uploads, sent.file.number
    asks: list[Callable[[Actor, str], object]] = [
        uploads.get,
        uploads.files,
        uploads.discard,
        uploads.finish,
        lambda actor, upload_id: uploads.file(actor, upload_id, number),
        lambda actor, upload_id: uploads.file_to_write(actor, upload_id, number),
        lambda actor, upload_id: uploads.drop_file(actor, upload_id, number),
        lambda actor, upload_id: uploads.add_file(actor, upload_id, "b", size=1),
        lambda actor, upload_id: uploads.remove(actor, upload_id, ["a"]),
    ]
    for ask in asks:
        with pytest.raises(NotFound) as absent:
            ask(platform.actor("bob"), "0" * 20)
        with pytest.raises(NotFound) as hidden:
            ask(platform.actor("bob"), upload.session.id)
        assert str(hidden.value).replace(upload.session.id, "0" * 20) == str(absent.value)
        with pytest.raises(NotSignedIn):
            ask(VISITOR, upload.session.id)
    with pytest.raises(Forbidden):
        platform.uploads.open(platform.actor("bob"), dataset=dataset, new=None)
    with pytest.raises(NotFound):  # a token that calls apps and does nothing else
        platform.uploads.get(Actor(account=ada.account, only_apps=frozenset({"ada/app"})), upload.session.id)
    assert platform.uploads.list_open(platform.actor("bob")) == ()
    assert [each.session.id for each in platform.uploads.list_open(ada)] == [upload.session.id]


def test_what_nobody_touches_goes_and_what_somebody_does_stays(platform: Platform, ada: Actor) -> None:
    assert isinstance(platform.clock, ManualClock)
    old = platform.uploads.open(ada, dataset=None, new=NewDataset(name="old"))
    young = platform.uploads.open(ada, dataset=None, new=NewDataset(name="young"))
    for upload in (old, young):
        platform.uploads.add_file(ada, upload.session.id, "a", size=2)
    platform.clock.advance(timedelta(days=6).total_seconds())
    platform.uploads.file_to_write(ada, young.session.id, 1)
    platform.clock.advance(timedelta(days=2).total_seconds())
    (platform.folder.uploads / "stray").mkdir()
    platform.uploads.resume()
    assert [each.session.id for each in platform.uploads.list_open(ada)] == [young.session.id]
    assert [path.name for path in platform.folder.uploads.iterdir()] == [young.session.id]


def test_sessions_and_patterns_are_bounded(platform: Platform, ada: Actor) -> None:
    for _ in range(MAX_SESSIONS):
        upload = platform.uploads.open(ada, dataset=None, new=None)
    with pytest.raises(Conflict, match="unfinished uploads"):
        platform.uploads.open(ada, dataset=None, new=None)
    with pytest.raises(InvalidInput, match="No file of the version before"):
        platform.uploads.remove(ada, upload.session.id, ["a"])
    platform.uploads.discard(ada, upload.session.id)
    platform.uploads.open(ada, dataset=None, new=None)


def test_what_does_not_fit_is_refused_before_it_comes(platform: Platform, ada: Actor) -> None:
    upload = platform.uploads.open(ada, dataset=None, new=None)
    with pytest.raises(StorageFull):
        platform.uploads.add_file(ada, upload.session.id, "a", size=1 << 55)
    assert platform.uploads.files(ada, upload.session.id) == ()


def test_a_process_that_was_killed_goes_on(platform: Platform, ada: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The version is made once, wherever it was killed: before it was there, or before anybody was told."""
    upload = platform.uploads.open(ada, dataset=None, new=NewDataset(name="digits"))
    send(platform, ada, upload, {"a.bin": b"a", "b.bin": b"b"})
    with monkeypatch.context() as patched:
        patched.setattr("openmo.datasets.uploads.finishing.Finisher.start", lambda *_, **__: None)
        assert finish(platform, ada, upload).session.state is UploadState.FINISHING
        with pytest.raises(Conflict, match="A version is being made"):
            platform.uploads.discard(ada, upload.session.id)
    _restarted(platform)
    assert platform.uploads.get(ada, upload.session.id).session.version == 1

    dataset = platform.datasets.get(ada, "ada", "digits")
    upload = platform.uploads.open(ada, dataset=dataset, new=None)
    send(platform, ada, upload, {"c.bin": b"c"})
    with monkeypatch.context() as patched:
        patched.setattr("openmo.datasets.uploads.finishing.Finisher._reopen", lambda *_: None)
        patched.setattr("openmo.datasets.uploads.repository.UploadRepository.remove_files", _fail)
        assert finish(platform, ada, upload).session.state is UploadState.FINISHING
    assert platform.datasets.get(ada, "ada", "digits").version == 2
    _restarted(platform)
    done = platform.uploads.get(ada, upload.session.id).session
    assert (done.state, done.version) == (UploadState.FINISHED, 2)
    assert platform.datasets.get(ada, "ada", "digits").version == 2


def _fail(*_: object) -> None:
    raise RuntimeError("Killed here.")


def _restarted(platform: Platform) -> None:
    platform.uploads_restarted().resume()
    wait_for(lambda: not any(each.name.startswith("finish ") for each in threading.enumerate()))


def test_a_link_in_the_folder_is_not_followed(platform: Platform, ada: Actor, tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes(b"outside")
    (tmp_path / "link").symlink_to(tmp_path / "outside")
    with pytest.raises(OSError, match="symbolic"):
        PartialFile.open(tmp_path / "link")
