"""7zx on sound archives: what comes out, under which names, and what is said."""

import bz2
import gzip
import io
import lzma
import os
import stat
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import py7zr
import pytest
from openmo_sdk.archives.entries import UnreadableArchive
from openmo_sdk.unpack import unpack

CONTENT = {"a/b/deep.txt": b"deep", "a/empty": b"", "图片/第一.txt": "内容".encode(), "big.bin": os.urandom(300_000)}


def zip_of(path: Path, content: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)


def tar_of(mode: Literal["w", "w:gz", "w:bz2", "w:xz"]) -> Callable[[Path, dict[str, bytes]], None]:
    def build(path: Path, content: dict[str, bytes]) -> None:
        with tarfile.open(path, mode) as archive:
            for name, data in content.items():
                member = tarfile.TarInfo(f"./{name}")
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))

    return build


def seven_zip_of(path: Path, content: dict[str, bytes]) -> None:
    with py7zr.SevenZipFile(path, "w") as archive:
        for name, data in content.items():
            archive.writestr(data, name)


BUILDERS = {
    "zip": zip_of,
    "tar": tar_of("w"),
    "tar.gz": tar_of("w:gz"),
    "tar.bz2": tar_of("w:bz2"),
    "tar.xz": tar_of("w:xz"),
    "7z": seven_zip_of,
}


def files_below(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def run_7zx(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "openmo_sdk.unpack", *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=100, check=False
    )


@pytest.mark.parametrize("ending", BUILDERS)
@pytest.mark.parametrize("named", [True, False], ids=["named", "misnamed"])
def test_every_format_comes_out_whole_whatever_its_name(tmp_path: Path, ending: str, *, named: bool) -> None:
    archive = tmp_path / (f"data.{ending}" if named else "download")
    BUILDERS[ending](archive, CONTENT)
    result = unpack(archive, tmp_path / "out")
    assert files_below(tmp_path / "out") == CONTENT
    assert (result.files, result.size) == (4, sum(map(len, CONTENT.values())))


@pytest.mark.parametrize("ending", BUILDERS)
def test_existing_files_are_replaced_and_others_kept(tmp_path: Path, ending: str) -> None:
    out = tmp_path / "out"
    (out / "a").mkdir(parents=True)
    (out / "a" / "empty").write_text("old")
    (out / "a" / "mine").write_text("kept")
    BUILDERS[ending](tmp_path / "archive", CONTENT)
    unpack(tmp_path / "archive", out)
    assert files_below(out) == {**CONTENT, "a/mine": b"kept"}


def test_replacing_a_file_leaves_its_other_names_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (tmp_path / "shared").write_text("shared")
    (out / "hard").hardlink_to(tmp_path / "shared")
    (out / "soft").symlink_to(tmp_path / "shared")
    zip_of(tmp_path / "a.zip", {"hard": b"new", "soft": b"new"})
    unpack(tmp_path / "a.zip", out)
    assert (tmp_path / "shared").read_text() == "shared"
    assert files_below(out) == {"hard": b"new", "soft": b"new"}
    assert not (out / "soft").is_symlink()


@pytest.mark.parametrize(
    ("encoding", "name"), [("gbk", "数据/照片.txt"), ("utf-8", "数据/照片.txt"), ("cp437", "é/à.txt")]
)
def test_names_without_the_utf8_mark_are_read_as_they_were_meant(tmp_path: Path, encoding: str, name: str) -> None:
    raw = name.encode(encoding)
    stand_in = "x" * len(raw)
    zip_of(tmp_path / "a.zip", {stand_in: b"1"})
    archive = tmp_path / "a.zip"
    archive.write_bytes(archive.read_bytes().replace(stand_in.encode(), raw))
    unpack(archive, tmp_path / "out")
    assert files_below(tmp_path / "out") == {name: b"1"}


def test_a_gbk_character_that_contains_a_backslash_stays_whole(tmp_path: Path) -> None:
    assert "誠".encode("gbk")[1] == ord("\\")
    archive = tmp_path / "a.zip"
    zip_of(archive, {"xx.txt": b"1"})
    archive.write_bytes(archive.read_bytes().replace(b"xx.txt", "誠".encode("gbk") + b".txt"))
    unpack(archive, tmp_path / "out")
    assert files_below(tmp_path / "out") == {"誠.txt": b"1"}


def test_backslashes_in_a_zip_are_folders(tmp_path: Path) -> None:
    zip_of(tmp_path / "a.zip", {"a\\b.txt": b"1"})
    unpack(tmp_path / "a.zip", tmp_path / "out")
    assert files_below(tmp_path / "out") == {"a/b.txt": b"1"}


def test_gbk_names_in_a_tar_are_read_too(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w", format=tarfile.GNU_FORMAT, encoding="gbk") as archive:
        archive.addfile(tarfile.TarInfo("照片.txt"))
    unpack(tmp_path / "a.tar", tmp_path / "out")
    assert files_below(tmp_path / "out") == {"照片.txt": b""}


@pytest.mark.parametrize(("ending", "compress"), [("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)])
def test_a_single_compressed_file_loses_its_ending(
    tmp_path: Path, ending: str, compress: Callable[[bytes], bytes]
) -> None:
    (tmp_path / f"train-labels-idx1-ubyte.{ending}").write_bytes(compress(b"labels"))
    unpack(tmp_path / f"train-labels-idx1-ubyte.{ending}", tmp_path / "out")
    assert files_below(tmp_path / "out") == {"train-labels-idx1-ubyte": b"labels"}


def test_links_inside_the_folder_dates_and_the_executable_bit_are_kept(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        program = tarfile.TarInfo("bin/tool")
        program.mode, program.mtime, program.size = 0o4755, 1_000_000_000, 4
        archive.addfile(program, io.BytesIO(b"tool"))
        for name, kind, target in (("tool", tarfile.SYMTYPE, "bin/tool"), ("bin/again", tarfile.LNKTYPE, "bin/tool")):
            link = tarfile.TarInfo(name)
            link.type, link.linkname = kind, target
            archive.addfile(link)
    unpack(tmp_path / "a.tar", tmp_path / "out")
    tool = (tmp_path / "out" / "bin" / "tool").stat()
    assert (tool.st_mtime, tool.st_mode & 0o111 != 0, tool.st_mode & stat.S_ISUID) == (1_000_000_000, True, 0)
    assert (tmp_path / "out" / "tool").readlink() == Path("bin/tool")
    assert (tmp_path / "out" / "bin" / "again").read_bytes() == b"tool"


def test_links_of_a_zip_and_a_7z_are_kept(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("real")
    (tmp_path / "link").symlink_to("real")
    with py7zr.SevenZipFile(tmp_path / "a.7z", "w") as archive:
        archive.write(tmp_path / "real", "real")
        archive.write(tmp_path / "link", "link")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("real", "real")
        info = zipfile.ZipInfo("link")
        info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "real")
    for ending in ("zip", "7z"):
        unpack(tmp_path / f"a.{ending}", tmp_path / ending)
        assert (tmp_path / ending / "link").readlink() == Path("real")
        assert (tmp_path / ending / "link").read_text() == "real"


def test_the_later_of_two_entries_with_one_name_wins(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for data in (b"first", b"second"):
            member = tarfile.TarInfo("x")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    unpack(tmp_path / "a.tar", tmp_path / "out")
    assert files_below(tmp_path / "out") == {"x": b"second"}


@pytest.mark.parametrize("ending", BUILDERS)
def test_an_archive_cut_short_is_called_damaged_and_leaves_no_half_file(tmp_path: Path, ending: str) -> None:
    archive = tmp_path / "a"
    BUILDERS[ending](archive, {"big.bin": CONTENT["big.bin"]})
    archive.write_bytes(archive.read_bytes()[:150_000])
    with pytest.raises(UnreadableArchive):
        unpack(archive, tmp_path / "out")
    assert files_below(tmp_path / "out") == {}


@pytest.mark.parametrize("ending", ["zip", "7z", "tar.gz", "tar.bz2", "tar.xz"])
def test_a_flipped_bit_is_noticed(tmp_path: Path, ending: str) -> None:
    archive = tmp_path / "a"
    BUILDERS[ending](archive, {"big.bin": CONTENT["big.bin"]})
    data = bytearray(archive.read_bytes())
    data[150_000] ^= 0x40
    archive.write_bytes(data)
    with pytest.raises(UnreadableArchive):
        unpack(archive, tmp_path / "out")
    assert files_below(tmp_path / "out") == {}


def test_a_tar_damaged_in_the_middle_is_not_taken_for_its_end(tmp_path: Path) -> None:
    tar_of("w")(tmp_path / "a.tar", {"first": b"1", "second": b"2"})
    data = bytearray((tmp_path / "a.tar").read_bytes())
    data[1024:1536] = b"\xaa" * 512
    (tmp_path / "a.tar").write_bytes(data)
    with pytest.raises(UnreadableArchive, match="damaged in the middle"):
        unpack(tmp_path / "a.tar", tmp_path / "out")


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "empty"), (b"hello", "no archive"), (b"Rar!\x1a\x07\x01\x00", "a RAR"), (b"<!DOCTYPE html>", "a web page")],
)
def test_what_is_no_archive_is_called_what_it_is(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(UnreadableArchive, match=f"'a.zip' is {said}.*7zx unpacks zip"):
        unpack(tmp_path / "a.zip", tmp_path / "out")


def test_a_password_is_named_as_the_hindrance(tmp_path: Path) -> None:
    with py7zr.SevenZipFile(tmp_path / "a.7z", "w", password="secret") as archive:
        archive.writestr(b"x", "x")
    zip_of(tmp_path / "a.zip", {"x": b"x"})
    data = bytearray((tmp_path / "a.zip").read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    for ending in ("7z", "zip"):
        with pytest.raises(UnreadableArchive, match="password"):
            unpack(tmp_path / f"a.{ending}", tmp_path / "out")


def test_the_command_unpacks_here_and_reports_on_stderr(tmp_path: Path) -> None:
    zip_of(tmp_path / "a.zip", CONTENT)
    tar_of("w:gz")(tmp_path / "b.tgz", {"c": b""})
    done = run_7zx(tmp_path, "a.zip", "b.tgz", "-y")
    assert (done.returncode, done.stdout) == (0, "")
    assert "a.zip: 4 files, 300,010 bytes -> ." in done.stderr
    assert (tmp_path / "图片" / "第一.txt").exists()
    assert (tmp_path / "c").exists()


def test_the_command_takes_a_directory_and_can_be_quiet(tmp_path: Path) -> None:
    zip_of(tmp_path / "a.zip", {"x": b"1"})
    done = run_7zx(tmp_path, "a.zip", "-d", "new/folder", "-q")
    assert (done.returncode, done.stderr) == (0, "")
    assert files_below(tmp_path / "new") == {"folder/x": b"1"}


def test_the_command_fails_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"hello")
    done = run_7zx(tmp_path, "a.zip", "absent.zip", "-d", "out")
    assert done.returncode == 1
    assert "7zx: a.zip: 'a.zip' is no archive" in done.stderr
    assert "7zx: absent.zip: No such file or directory" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_py7zr_the_command_says_how_to_get_it(tmp_path: Path) -> None:
    seven_zip_of(tmp_path / "a.7z", {"x": b"1"})
    code = "import sys; sys.modules['py7zr'] = None; from openmo_sdk.unpack import main; sys.exit(main(['a.7z']))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "7zx: a.7z: To unpack 7z archives, first run: pip install py7zr\n")
