"""The report as the trial writes it: records, a line each, in one file that was opened before the module ran."""

import os
from pathlib import Path

from openmo.modules.checking.inside.messages import REPORT
from openmo.system.records import Record

_MAX_RECORDS = 2000


class Notes:
    """Writes for the process that made it alone: copies of it that the module forks write nothing."""

    def __init__(self, folder: str) -> None:
        self._process = os.getpid()
        self._left = _MAX_RECORDS
        self._file = os.open(Path(folder) / REPORT, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)

    def add(self, record: Record) -> None:
        """The record is in the file; those after thousands are left out."""
        if os.getpid() == self._process and self._left > 0:
            self._left -= 1
            os.write(self._file, record.encode() + b"\n")


def plain(text: str, most: int) -> str:
    """The beginning of a text; half a character, which JSON for others cannot carry, becomes a question mark."""
    return text[:most].encode("utf-8", "replace").decode("utf-8")
