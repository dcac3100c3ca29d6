"""Which format a file has, by its content: names lie."""

import zipfile
from pathlib import Path
from typing import BinaryIO

from openmo_sdk.archives.entries import Archive, UnreadableArchive, shown
from openmo_sdk.archives.seven_zip_reader import SevenZipArchive
from openmo_sdk.archives.tar_reader import DECOMPRESSORS, Content, SingleFile, TarArchive, looks_like_tar
from openmo_sdk.archives.zip_reader import ZipArchive

_SEVEN_ZIP = b"7z\xbc\xaf\x27\x1c"
_OTHERS = {
    b"Rar!": "a RAR archive",
    b"\x28\xb5\x2f\xfd": "compressed by Zstandard",
    b"<!DO": "a web page",
    b"<htm": "a web page",
}


def open_archive(file: BinaryIO, name: str, *, largest: int) -> Archive:
    """A reader for the open file; a lone file is measured up to `largest` bytes. Raises UnreadableArchive."""
    start = file.read(8)
    file.seek(0)
    if start.startswith(_SEVEN_ZIP):
        return SevenZipArchive(file)
    for magic, decompress in DECOMPRESSORS.items():
        if start.startswith(magic):
            content = decompress(file)
            return (
                TarArchive(content)
                if looks_like_tar(content)
                else SingleFile(content, _without_ending(name), largest=largest)
            )
    if looks_like_tar(Content(file)):
        return TarArchive(Content(file))
    if zipfile.is_zipfile(file):  # last, as it searches the whole end of the file: a tar may end with a ZIP
        return ZipArchive(file)
    what = next(
        (what for magic, what in _OTHERS.items() if start.startswith(magic)), "no archive" if start else "empty"
    )
    raise UnreadableArchive(f"{shown(name)} is {what}; 7zx unpacks zip, tar, tar.gz, tar.bz2, tar.xz and 7z.")


def _without_ending(name: str) -> str:
    path = Path(name)
    return path.stem if path.suffix.lower() in (".gz", ".bz2", ".xz") else f"{name}.unpacked"
