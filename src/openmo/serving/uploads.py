"""Files that callers send: streamed to a private folder, named harmlessly, gone with the call."""

import base64
import binascii
import mimetypes
import re
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from openmo.core.hostile.trees import remove_tree
from openmo.core.space import DiskSpace
from openmo.serving.pool import InputFile

_DATA_URL = re.compile(r"data:(?P<type>[\w.+-]{1,64}/[\w.+-]{1,64})?(?:;[\w.+=\"-]{1,128})*;base64,", re.IGNORECASE)
_UNSAFE = re.compile(r"[^\w.-]+")
_NAME_BYTES = 80
_MAGIC = (
    (b"\x89PNG", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"GIF8", ".gif"),
    (b"BM", ".bmp"),
    (b"OggS", ".ogg"),
    (b"ID3", ".mp3"),
)


class NotAFile(Exception):
    """The value of a file input is neither a data: URL nor base64; the text is for the caller."""


class Uploads:
    """The files of calls on their way to a worker."""

    def __init__(self, folder: Path, space: DiskSpace | None = None) -> None:
        self._folder = folder
        self._space = space
        remove_tree(folder)
        folder.mkdir(mode=0o700, parents=True)

    def create(self) -> tuple[Path, BinaryIO]:
        """An empty private file; raises StorageFull where too little space is left for files."""
        if self._space is not None:
            self._space.check()
        path = self._folder / token_hex(16)
        return path, path.open("xb")

    def decode(self, value: str) -> InputFile:
        """The file that a text in a JSON body means; raises NotAFile. A URL to fetch is never followed."""
        match = _DATA_URL.match(value)
        text = value[match.end() :] if match else value
        try:
            data = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise NotAFile("Send the file as a data: URL, as base64, or as multipart/form-data.") from None
        if not data:
            raise NotAFile("The file is empty.")
        path, file = self.create()
        try:
            with file:
                file.write(data)
        except BaseException:  # a full disk: what was written would keep it full
            path.unlink(missing_ok=True)
            raise
        extension = _extension(match["type"]) if match and match["type"] else ""
        return InputFile(path=path, name=f"file{extension or _sniff(data)}")


def safe_name(name: str, content_type: str = "") -> str:
    """A file name that means nothing to any shell or path, with its extension kept."""
    last = re.split(r"[/\\]", name)[-1]
    stem, dot, extension = _UNSAFE.sub("_", last).lstrip(".-").rpartition(".")
    if not dot:
        stem, extension = extension, _extension(content_type).lstrip(".")
    stem = stem.encode()[:_NAME_BYTES].decode(errors="ignore") or "file"
    return f"{stem}.{extension[:10]}" if extension.isalnum() else stem


def _extension(content_type: str) -> str:
    return mimetypes.guess_extension(content_type.partition(";")[0].strip().lower()) or ""


def _sniff(data: bytes) -> str:
    if data[:4] == b"RIFF":
        return ".webp" if data[8:12] == b"WEBP" else ".wav"
    return next((extension for magic, extension in _MAGIC if data.startswith(magic)), "")
