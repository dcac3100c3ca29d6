"""`7zx FILE [-d DIR]`: unpacks zip, tar (.gz .bz2 .xz) and 7z archives, for notebooks and jobs.

As `7z x -y` does, it keeps the folders of the archive and replaces files that are already there. An archive that could
write outside DIR is refused before anything is written.
"""

import argparse
import os
import stat
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO

from openmo_sdk.archives.destination import Destination
from openmo_sdk.archives.detection import open_archive
from openmo_sdk.archives.entries import Entry, Output, UnreadableArchive
from openmo_sdk.archives.plan import Limits, Plan, make_plan
from openmo_sdk.errors import SdkError

_INTERRUPTED = 130  # as shells report Ctrl-C


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """What came out of an archive: files (links counted), and their bytes."""

    files: int
    size: int


class Progress:
    """One line that counts up, rewritten a few times a second."""

    def __init__(self, name: str, stream: TextIO, *, quiet: bool = False) -> None:
        self._name = name
        self._stream = stream
        self._quiet = quiet
        self._width = 0
        self._shown_at = time.monotonic()

    def show(self, files: int, of_files: int, size: int, of_size: int) -> None:
        now = time.monotonic()
        if now - self._shown_at < 0.2:
            return
        self._shown_at = now
        percent = 100 * size // of_size if of_size else 100
        self._write(f"{self._name}: {percent:3} %  {files:,}/{of_files:,}")

    def done(self, result: Unpacked, folder: Path) -> None:
        self._write(f"{self._name}: {result.files:,} files, {result.size:,} bytes -> {folder}", end="\n")

    def clear(self) -> None:
        """Takes an unfinished line away, for a message in its place."""
        if self._width:
            self._write("", end="\r")

    def _write(self, line: str, end: str = "") -> None:
        if self._quiet:
            return
        self._stream.write(f"\r{line.ljust(self._width)}{end}")  # blanks cover what a longer line left behind
        self._stream.flush()
        self._width = len(line)


def unpack(
    archive: Path, folder: Path, *, entries: int = 500_000, ratio: int = 200, progress: Progress | None = None
) -> Unpacked:
    """Unpacks into `folder`, which is made when missing. Each file appears whole, replacing what has its name.

    Takes at most `entries` files and folders, nine tenths of the free disk, and beyond 1 GiB `ratio` times the size of
    the archive. Raises UnreadableArchive, OSError and RefusedArchive (before
    anything is written, unless what is already in `folder` stands in the way).
    """
    with _opened(archive) as file, Destination(folder) as destination:
        space = destination.usable_space()
        reader = open_archive(file, archive.name, largest=space)
        packed = os.fstat(file.fileno()).st_size
        plan = make_plan(reader.entries(), Limits(entries=entries, size=space, packed=packed, ratio=ratio))
        for entry in plan.directories:
            destination.make_directory(entry)
        reader.extract(plan.files, _Meter(destination, plan, progress).open)
        for entry in plan.hardlinks:
            destination.link(entry, tuple(entry.target.split("/")))
        for entry in plan.symlinks:
            destination.symlink(entry)
    return Unpacked(files=len(plan.files) + len(plan.hardlinks) + len(plan.symlinks), size=plan.size)


def _opened(archive: Path) -> BinaryIO:
    """The file, if it is one: a pipe would keep the reader waiting for ever."""
    file = os.fdopen(os.open(archive, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise UnreadableArchive("This is a pipe or a device; 7zx unpacks files.")
    return file


class _Meter:
    """Opens each file in the destination and keeps count for the progress line."""

    def __init__(self, destination: Destination, plan: Plan, progress: Progress | None) -> None:
        self._destination = destination
        self._plan = plan
        self._progress = progress
        self._output: Output | None = None
        self._files = 0
        self._size = 0

    @contextmanager
    def open(self, entry: Entry) -> Iterator[Output]:
        with self._destination.open_file(entry) as self._output:
            yield self
        self._files += 1

    def write(self, data: bytes, /) -> int:
        self._size += len(data)
        if self._progress is not None:
            self._progress.show(self._files, len(self._plan.files), self._size, self._plan.size)
        return self._output.write(data) if self._output is not None else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; exit code 0, 1 with a message on stderr, or 2 for wrong usage."""
    options = _parser().parse_args(arguments)
    status = 0
    for archive in options.files:
        progress = Progress(_printable(archive), sys.stderr, quiet=options.quiet)
        try:
            result = unpack(
                Path(archive),
                Path(options.directory),
                entries=options.max_entries,
                ratio=options.max_ratio,
                progress=progress,
            )
            progress.done(result, Path(options.directory))
        except SdkError as error:
            status = _complain(progress, archive, str(error))
        except OSError as error:
            status = _complain(progress, archive, f"{error.strerror or error} ({error.filename or options.directory})")
        except KeyboardInterrupt:
            _complain(progress, archive, "interrupted; what was unpacked so far is kept.")
            return _INTERRUPTED
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="7zx",
        description="Unpack zip, tar (.gz .bz2 .xz) and 7z archives. Existing files of the same names are replaced.",
    )
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="the archive; several are unpacked one after the other"
    )
    parser.add_argument(
        "-d", "-o", "--directory", default=".", metavar="DIR", help="where to (default: the current directory)"
    )
    parser.add_argument("-y", action="store_true", help="accepted for those used to 7z; nothing is ever asked")
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress line")
    parser.add_argument(
        "--max-entries", type=int, default=500_000, metavar="N", help="refuse archives of more files and folders"
    )
    parser.add_argument(
        "--max-ratio", type=int, default=200, metavar="N", help="refuse what becomes over 1 GiB and N times the archive"
    )
    return parser


def _printable(name: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in name)


def _complain(progress: Progress, archive: str, message: str) -> int:
    progress.clear()
    sys.stderr.write(f"7zx: {_printable(archive)}: {message}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
