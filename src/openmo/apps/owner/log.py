"""What an app printed, read from the two files that its log turns over in."""

import codecs
import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from openmo.core.errors import InvalidInput

_PLACE = re.compile(r"([0-9]{1,20})-([0-9]{1,20})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPart:
    """Some of the log as text."""

    text: str
    end: str
    """The place behind it."""
    whole: bool
    """It begins where the log does."""


def read_log(path: Path, limit: int, after: str = "") -> LogPart:
    """The newest `limit` bytes; with `after`, the first so many behind that place, an earlier part's `end`.

    A place is a file's number and an offset, so it holds while the file is turned over. Behind a place that is gone by
    now the newest part begins again. A character of which only a part is written comes when it is whole.
    """
    number, offset = _read_place(after)
    with contextlib.ExitStack() as opened:
        files = list(_opened(path, opened))
        sizes = [os.fstat(file.fileno()).st_size for _, file in files]
        for index, (found, file) in enumerate(files):
            if found == number and offset <= sizes[index]:
                files = files[index:]
                file.seek(offset)
                break
        else:
            skipped = max(0, sum(sizes) - limit)
            for size, (_, file) in zip(sizes, files, strict=True):
                skipped -= file.seek(min(skipped, size))
        whole = not after and sum(sizes) <= limit
        text, end = _read(files, limit, end=after)
    return LogPart(text=text, end=end, whole=whole)


def _read(files: list[tuple[int, BinaryIO]], limit: int, end: str) -> tuple[str, str]:
    decoder, text = codecs.getincrementaldecoder("utf-8")("replace"), ""
    for number, file in files:
        data = file.read(limit)
        limit -= len(data)
        text += decoder.decode(data)
        unfinished = len(decoder.getstate()[0])
        if (offset := file.tell() - unfinished) >= 0:  # else the last character began in the file before
            end = f"{number}-{offset}"
        if not limit:
            break
    return text, end


def _opened(path: Path, opened: contextlib.ExitStack) -> Iterator[tuple[int, BinaryIO]]:
    """The older file and the newest, with their numbers; the newest alone where it was turned over in between."""
    found: dict[int, BinaryIO] = {}
    for name in (path, path.with_name(f"{path.name}.1")):
        with contextlib.suppress(FileNotFoundError):
            file = opened.enter_context(name.open("rb"))
            found.setdefault(os.fstat(file.fileno()).st_ino, file)
    return reversed(found.items())


def _read_place(text: str) -> tuple[int, int]:
    if not text:
        return 0, 0
    if (found := _PLACE.fullmatch(text)) is None:
        raise InvalidInput("Give a place in the log as X-Log-End returned it.", field="after")
    return int(found[1]), int(found[2])
