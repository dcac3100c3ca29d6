"""Downloading a version file by file: each is resumed where it broke off, and checked against its digest."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from openmo.cli.client import ApiClient
from openmo.core.errors import Damaged
from openmo.core.hostile.paths import relative_path
from openmo.core.messages import message
from openmo.datasets.schemas import DatasetFileView, DatasetManifestView


@dataclass(slots=True)
class Downloaded:
    """What lies in the folder now."""

    files: int = 0
    bytes: int = 0
    sent: int = 0
    """Bytes that had to be sent."""


@dataclass(frozen=True, slots=True)
class Download:
    """A version, and the folder that it goes to."""

    client: ApiClient
    version: str
    """Its API path."""
    directory: Path

    def run(self, *, tell: bool) -> Downloaded:
        """All files are there; `tell`: how far it is, on a terminal. Raises Refused, Unavailable, Damaged."""
        done = Downloaded()
        self.directory.mkdir(parents=True, exist_ok=True)
        for file in self._files():
            done.sent += self._fetch(file)
            done.files += 1
            done.bytes += file.bytes
            if tell and done.files % 100 == 0:
                click.echo(f"{done.files:,} files, {done.bytes:,} bytes ...", err=True)
        return done

    def _files(self) -> Iterator[DatasetFileView]:
        after = ""
        while True:
            page = self.client.get(f"{self.version}/manifest", after=after).read(DatasetManifestView)
            yield from page.items
            after = page.next
            if not after:
                return

    def _fetch(self, file: DatasetFileView) -> int:
        """Bytes that were sent."""
        target = self.directory / relative_path(file.path)
        if _holds(target, file):
            return 0
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name[:200]}.part")
        begun = part.stat().st_size if part.is_file() else 0
        start = begun if begun < file.bytes else 0
        with self.client.download(f"{self.version}/file", start=start, path=file.path) as (begins, pieces):
            sent = _write(part, begins, pieces)
        if not _holds(part, file):
            part.unlink()
            raise Damaged(message("%(path)s did not come as it is on the server: try again.", path=repr(file.path)))
        part.replace(target)
        return sent


def _write(part: Path, begins: int, pieces: Iterator[bytes]) -> int:
    """The file goes on from that byte; returns how many were written."""
    sent = 0
    with part.open("r+b" if begins else "wb") as out:
        out.seek(begins)
        for piece in pieces:
            sent += out.write(piece)
        out.truncate()
    return sent


def _holds(path: Path, file: DatasetFileView) -> bool:
    if not path.is_file() or path.stat().st_size != file.bytes:
        return False
    with path.open("rb") as found:
        return hashlib.file_digest(found, "sha256").hexdigest() == file.sha256
