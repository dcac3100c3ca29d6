"""7z archives, where the package py7zr is installed."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from openmo_sdk.archives.entries import (
    Entry,
    EntryKind,
    OpenOutput,
    Output,
    RefusedArchive,
    UnreadableArchive,
    checked_parts,
    shown,
)
from openmo_sdk.errors import SdkError

_MAX_TARGET = 4096


class SevenZipArchive:
    """A 7z file. py7zr only decompresses: it is given no path and writes nothing itself."""

    def __init__(self, file: BinaryIO) -> None:
        try:
            import py7zr
        except ImportError as error:
            raise UnreadableArchive("To unpack 7z archives, first run: pip install py7zr") from error
        with _reading():
            try:
                # An open file, and not its path, makes py7zr unpack one file after the other.
                self._archive: Any = py7zr.SevenZipFile(file)
                protected = self._archive.needs_password()
            except py7zr.PasswordRequired:
                protected = True
        if protected:
            raise UnreadableArchive(
                "The 7z archive is protected by a password; unpack it where the password can be given."
            )

    def entries(self) -> Iterator[Entry]:
        with _reading():
            records = self._archive.list()
        seen: set[str] = set()
        for record in records:
            parts = checked_parts(record.filename)
            entry = Entry(
                parts=parts,
                kind=_kind(record),
                size=record.uncompressed if record.is_file else 0,
                modified=record.creationtime.timestamp() if record.creationtime else None,
                target=self._target(record) if record.is_symlink else "",
                record=record.filename,
            )
            if entry.path in seen:
                raise RefusedArchive(f"The archive holds {shown(entry.path)} twice.")
            seen.add(entry.path)
            yield entry

    def extract(self, files: Sequence[Entry], open_output: OpenOutput) -> None:
        outputs = _Outputs({entry.path: entry for entry in files}, open_output)
        with _reading(), outputs.stack:
            self._archive.reset()
            self._archive.extract(targets=[entry.record for entry in files], factory=outputs)

    def _target(self, record: Any) -> str:
        if record.uncompressed > _MAX_TARGET:
            raise RefusedArchive(f"The link {shown(record.filename)} has a target longer than any path.")
        text = _Text()
        link = Entry(parts=checked_parts(record.filename), kind=EntryKind.SYMLINK)
        outputs = _Outputs({link.path: link}, lambda _: contextlib.nullcontext(text))
        with _reading(), outputs.stack:
            self._archive.reset()
            self._archive.extract(targets=[record.filename], factory=outputs)
        return text.content.decode("utf-8", "surrogateescape")


class _Outputs:
    """What py7zr asks for a place to write each file. A file is finished when the next begins, or all went well."""

    def __init__(self, entries: dict[str, Entry], open_output: OpenOutput) -> None:
        self.stack = contextlib.ExitStack()
        self._entries = entries
        self._open_output = open_output

    def create(self, filename: str) -> "_Writer":
        self.stack.close()  # not at the writer's close(), which py7zr calls before it compares checksums
        return _Writer(self.stack.enter_context(self._open_output(self._entries[filename])))


class _Writer:
    """The file object that py7zr expects, of which it only writes."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._written = 0

    def write(self, data: bytes) -> int:
        self._written += len(data)
        return self._output.write(data)

    def read(self, _size: int | None = None) -> bytes:
        return b""

    def seek(self, _offset: int, _whence: int = 0) -> int:
        return 0

    def seekable(self) -> bool:
        return False

    def flush(self) -> None: ...

    def size(self) -> int:
        return self._written

    def close(self) -> None: ...


class _Text:
    def __init__(self) -> None:
        self.content = b""

    def write(self, data: bytes, /) -> int:
        self.content += data
        return len(data)


def _kind(record: Any) -> EntryKind:
    if record.is_symlink:
        return EntryKind.SYMLINK
    if record.is_directory:
        return EntryKind.DIRECTORY
    if record.is_file:
        return EntryKind.FILE
    raise RefusedArchive(f"{shown(record.filename)} is a device or a pipe, not a file.")


@contextlib.contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except (SdkError, OSError):
        raise
    except Exception as error:  # py7zr meets damage with exceptions of every kind; each is kept as the cause
        raise UnreadableArchive(
            f"The 7z archive is damaged or uses an unknown method ({error}); download it again."
        ) from error
