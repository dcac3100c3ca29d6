"""Archives made to write where they must not, or more than fits: refused whole, and nothing written outside."""

import errno
import gzip
import io
import os
import stat
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import py7zr
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openmo_sdk.archives.destination import Destination
from openmo_sdk.archives.entries import Entry, EntryKind, RefusedArchive, UnreadableArchive
from openmo_sdk.archives.plan import Limits, make_plan
from openmo_sdk.errors import SdkError
from openmo_sdk.unpack import unpack
from support.doses import dose

ESCAPES = [
    "../x",
    "a/../../x",
    "a/..",
    "..",
    "/x",
    "//x",
    "/etc/passwd",
    "C:/x",
    "c:x",
    "a/" * 150 + "x",
    "n" * 300,
]


def tar_entry(
    archive: tarfile.TarFile, name: str, kind: bytes = tarfile.REGTYPE, target: str = "", data: bytes = b""
) -> None:
    member = tarfile.TarInfo(name)
    member.type, member.linkname, member.size = kind, target, len(data)
    archive.addfile(member, io.BytesIO(data))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A folder for archives and `out`, beside which nothing may appear."""
    inner = tmp_path / "outside" / "inner"
    inner.mkdir(parents=True)
    (tmp_path / "outside" / "victim").write_text("untouched")
    yield inner
    assert sorted(path.name for path in (tmp_path / "outside").iterdir()) == ["inner", "victim"]
    assert (tmp_path / "outside" / "victim").read_text() == "untouched"
    assert [path.name for path in tmp_path.iterdir()] == ["outside"]


def refused(archive: Path) -> str:
    """The message of the refusal; fails when anything at all was written."""
    out = archive.parent / "out"
    with pytest.raises(RefusedArchive) as raised:
        unpack(archive, out)
    assert list(out.rglob("*")) == []
    return str(raised.value)


@pytest.mark.parametrize("name", ESCAPES)
@pytest.mark.parametrize("kind", ["tar", "tar.gz", "zip", "7z"])
def test_names_that_lead_out_are_refused_before_anything_is_written(place: Path, kind: str, name: str) -> None:
    archive = place / f"a.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(archive, "w") as zipped:
            zipped.writestr("good", "good")
            zipped.writestr(name, "bad")
    elif kind == "7z":
        with py7zr.SevenZipFile(archive, "w") as packed:
            stand_in = "s" * len(name)
            packed.writestr("good", "good")
            packed.writestr("bad", stand_in)
            packed.files.files_list[-1]["filename"] = name  # the library refuses to write such names itself
    else:
        with tarfile.open(archive, "w:gz" if kind == "tar.gz" else "w") as tarred:
            tar_entry(tarred, "good")
            tar_entry(tarred, name, data=b"bad")
    assert refused(archive)


def test_backslashes_of_windows_lead_out_too(place: Path) -> None:
    with zipfile.ZipFile(place / "a.zip", "w") as archive:
        archive.writestr("a\\..\\..\\victim", "bad")
    assert "'..'" in refused(place / "a.zip")


@pytest.mark.parametrize(
    ("name", "kind", "target"),
    [
        ("../victim", tarfile.REGTYPE, ""),
        ("a/../../victim", tarfile.REGTYPE, ""),
        ("link", tarfile.SYMTYPE, "/etc/passwd"),
        ("link", tarfile.SYMTYPE, "../../victim"),
        ("hard", tarfile.LNKTYPE, "../victim"),
        ("pipe", tarfile.FIFOTYPE, ""),
    ],
)
def test_behind_our_own_checks_stands_the_librarys_filter(
    place: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: bytes, target: str
) -> None:
    def careless(member: tarfile.TarInfo) -> Entry:
        return Entry(parts=tuple(member.name.split("/")), kind=EntryKind.FILE, record=member)

    monkeypatch.setattr("openmo_sdk.archives.tar_reader._entry", careless)
    with tarfile.open(place / "a.tar", "w") as archive:
        tar_entry(archive, name, kind, target)
    refused(place / "a.tar")


@pytest.mark.parametrize("target", ["..", "../victim", "/etc", "a/../../..", "./../x", "sub/../../x", "", "../" * 40])
def test_links_that_point_outside_are_refused(place: Path, target: str) -> None:
    with tarfile.open(place / "a.tar", "w") as archive:
        tar_entry(archive, "link", tarfile.SYMTYPE, target)
    assert "outside the folder" in refused(place / "a.tar")
    with zipfile.ZipFile(place / "a.zip", "w") as zipped:
        info = zipfile.ZipInfo("link")
        info.create_system, info.external_attr = 3, stat.S_IFLNK << 16
        zipped.writestr(info, target)
    assert "outside the folder" in refused(place / "a.zip")


def test_links_through_links_cannot_climb_out(place: Path) -> None:
    """`a/b/up` really leads to the top, so what follows it must not climb, though by its letters it stays inside."""
    with tarfile.open(place / "a.tar", "w") as archive:
        tar_entry(archive, "a/b/up", tarfile.SYMTYPE, "../..")
        tar_entry(archive, "escape", tarfile.SYMTYPE, "a/b/up/../victim")
    assert "outside the folder" in refused(place / "a.tar")


@pytest.mark.parametrize("link_first", [True, False])
def test_no_entry_lies_inside_a_link(place: Path, *, link_first: bool) -> None:
    with tarfile.open(place / "a.tar", "w") as archive:
        if link_first:
            tar_entry(archive, "link", tarfile.SYMTYPE, "sub")
        tar_entry(archive, "link/x", data=b"bad")
        if not link_first:
            tar_entry(archive, "link", tarfile.SYMTYPE, "sub")
    assert "other entries lie inside" in refused(place / "a.tar")


def test_a_link_already_there_is_not_followed(place: Path) -> None:
    (place / "out").mkdir()
    (place / "out" / "link").symlink_to("../..")
    with zipfile.ZipFile(place / "a.zip", "w") as archive:
        archive.writestr("link/victim", "bad")
    with pytest.raises(RefusedArchive, match="already there as a file or a link"):
        unpack(place / "a.zip", place / "out")


def test_a_folder_swapped_for_a_link_between_two_files_is_not_followed(place: Path) -> None:
    with Destination(place / "out") as destination:
        for name in ("sub/deep/one", "other/two"):
            with destination.open_file(Entry(parts=tuple(name.split("/")), kind=EntryKind.FILE)):
                pass
        (place / "out" / "sub").rename(place / "out" / "moved")
        (place / "out" / "sub").symlink_to(place.parent)
        with (
            pytest.raises(RefusedArchive, match="a link"),
            destination.open_file(Entry(parts=("sub", "victim"), kind=EntryKind.FILE)),
        ):
            pass


@pytest.mark.parametrize("target", ["../victim", "/etc/passwd", "absent", "link", "folder"])
def test_hard_links_repeat_only_files_of_the_archive(place: Path, target: str) -> None:
    with tarfile.open(place / "a.tar", "w") as archive:
        tar_entry(archive, "folder/", tarfile.DIRTYPE)
        tar_entry(archive, "link", tarfile.SYMTYPE, "folder")
        tar_entry(archive, "hard", tarfile.LNKTYPE, target)
    assert refused(place / "a.tar")


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_devices_and_pipes_are_refused(place: Path, kind: bytes) -> None:
    with tarfile.open(place / "a.tar", "w") as archive:
        tar_entry(archive, "device", kind)
    assert "device or a pipe" in refused(place / "a.tar")


def test_devices_in_a_zip_are_refused(place: Path) -> None:
    with zipfile.ZipFile(place / "a.zip", "w") as archive:
        info = zipfile.ZipInfo("device")
        info.create_system, info.external_attr = 3, stat.S_IFCHR << 16
        archive.writestr(info, "")
    assert "device or a pipe" in refused(place / "a.zip")


def test_a_bomb_of_declared_bytes_is_refused_by_its_sum(place: Path) -> None:
    """Entries of 1 TB that compress to nothing: refused without unpacking one."""
    with gzip.open(place / "a.tgz", "wb", compresslevel=1) as stream:
        for number in range(3):
            member = tarfile.TarInfo(f"zeros{number}")
            member.size = 1 << 50
            stream.write(member.tobuf(tarfile.GNU_FORMAT))
    assert "GB" in refused(place / "a.tgz")


def test_a_bomb_of_one_compressed_file_is_measured_only_up_to_the_limit() -> None:
    entries = (Entry(parts=(str(number),), kind=EntryKind.FILE, size=1000) for number in range(10**9))
    with pytest.raises(RefusedArchive, match="all that may be used"):
        make_plan(entries, Limits(size=10_000_000, packed=1 << 40))


def test_a_million_entries_are_refused(place: Path) -> None:
    entries = (Entry(parts=(str(number),), kind=EntryKind.FILE) for number in range(10**6))
    with pytest.raises(RefusedArchive, match="more than 500,000 files and folders"):
        make_plan(entries, Limits(size=10**15, packed=1 << 40))
    with zipfile.ZipFile(place / "a.zip", "w") as archive:
        for number in range(200):
            archive.writestr(f"{number}/{number}", "")
    with pytest.raises(RefusedArchive, match="more than 300"):
        unpack(place / "a.zip", place / "out", entries=300)
    assert list((place / "out").iterdir()) == []


def test_folders_that_only_names_imply_count_too() -> None:
    entries = (Entry(parts=(*("d" * 50), str(number), "x"), kind=EntryKind.FILE) for number in range(10**6))
    with pytest.raises(RefusedArchive, match="more than 1,000"):
        make_plan(entries, Limits(entries=1000, size=10**15, packed=1 << 40))


def test_an_entry_that_gives_more_than_it_declares_is_cut_off(place: Path) -> None:
    entry = Entry(parts=("x",), kind=EntryKind.FILE, size=10)
    with (
        Destination(place / "out") as destination,
        pytest.raises(UnreadableArchive, match="larger than the archive says"),
        destination.open_file(entry) as output,
    ):
        output.write(b"0123456789!")
    assert list((place / "out").iterdir()) == []


def test_a_header_of_gigabytes_is_not_read_into_memory(place: Path) -> None:
    header = tarfile.TarInfo("././@LongLink")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, 1 << 33
    (place / "a.tar").write_bytes(header.tobuf(tarfile.GNU_FORMAT) + bytes(10240))
    with pytest.raises(SdkError, match="header"):
        unpack(place / "a.tar", place / "out")


def test_a_negative_size_is_damage(place: Path) -> None:
    header = bytearray(tarfile.TarInfo("x").tobuf(tarfile.GNU_FORMAT))
    header[124:136] = b"\xff" * 12  # base 256: -1
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    (place / "a.tar").write_bytes(bytes(header) + bytes(1024))
    with pytest.raises(UnreadableArchive):
        unpack(place / "a.tar", place / "out")


def test_names_cannot_write_to_the_terminal(place: Path) -> None:
    with tarfile.open(place / "a.tar", "w") as archive:
        tar_entry(archive, "../\x1b[2J\n\r")
    assert refused(place / "a.tar").isprintable()


def test_control_bits_of_the_mode_are_dropped(place: Path) -> None:
    with tarfile.open(place / "a.tar", "w") as archive:
        member = tarfile.TarInfo("x")
        member.mode = 0o7777
        archive.addfile(member)
    unpack(place / "a.tar", place / "out")
    assert (place / "out" / "x").stat().st_mode & 0o7000 == 0


NAMES = st.lists(st.sampled_from(["a", "b", "c", "..", ".", ""]), min_size=1, max_size=5).map("/".join)
KINDS = st.sampled_from([tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE])


@settings(max_examples=dose(25, 200), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(NAMES, KINDS, NAMES), min_size=1, max_size=6))
@example([("a", tarfile.SYMTYPE, "a//a")])  # a loop: nothing can be opened by it, and realpath calls it `/a`
def test_whatever_a_tar_holds_nothing_leads_outside(
    place: Path, tmp_path_factory: pytest.TempPathFactory, records: list[tuple[str, bytes, str]]
) -> None:
    with tarfile.open(place / "a.tar", "w") as archive:
        for name, kind, target in records:
            tar_entry(archive, name, kind, target, b"data" if kind == tarfile.REGTYPE else b"")
    out = tmp_path_factory.mktemp("outer") / "out"
    try:
        unpack(place / "a.tar", out)
    except (RefusedArchive, UnreadableArchive):
        return
    finally:
        assert [path.name for path in out.parent.iterdir()] == ["out"]
    for folder, folders, files in os.walk(out):
        for name in (*folders, *files):
            assert not name.startswith(".7zx-")
            path = Path(folder) / name
            assert is_loop(path) or f"{os.path.realpath(path)}/".startswith(f"{out}/")


def is_loop(path: Path) -> bool:
    """Whether the links from here on never end, so that the path leads nowhere."""
    try:
        path.stat()
    except OSError as error:
        return error.errno == errno.ELOOP
    return False


@pytest.mark.parametrize("size", [2 << 30, 300 << 30])
def test_an_archive_made_to_fill_a_disk_is_refused_unless_it_is_wanted(size: int) -> None:
    entries = [Entry(parts=(f"{number}",), kind=EntryKind.FILE, size=size // 4) for number in range(4)]
    with pytest.raises(RefusedArchive, match="--max-ratio"):
        make_plan(entries, Limits(size=10**15, packed=size // 1000))
    assert make_plan(entries, Limits(size=10**15, packed=size // 20)).size == size, "tables compress well"
    assert make_plan(entries, Limits(size=10**15, packed=size // 1000, ratio=2000)).size == size


def test_a_pipe_in_place_of_an_archive_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.zip")
    with pytest.raises(UnreadableArchive, match="pipe"):
        unpack(tmp_path / "a.zip", tmp_path / "out")
