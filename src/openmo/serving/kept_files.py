"""Files that user code returned, behind unguessable names that expire."""

import contextlib
import mimetypes
import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from openmo.core.clock import unix_now
from openmo.core.errors import NotFound, StorageFull
from openmo.core.hostile.trees import remove_tree
from openmo.core.space import FULL, DiskSpace
from openmo.serving.pool import OutputFile

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
# What a browser may show. Everything else is a download without a type, so that no file of an app can be a page here.
_SHOWN = ("image/", "audio/", "video/", "text/plain", "text/csv", "application/pdf")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """An output file that may be fetched."""

    path: Path
    content_type: str
    download: bool
    kept_at: float
    """Since when, in Unix seconds; the file's own time is the app's to choose, and may be none that HTTP can say."""


class KeptFiles:
    """One folder per file, named by its token; the folder's time says when it expires, so restarts lose nothing."""

    def __init__(
        self, folder: Path, *, seconds: float, most_bytes: int, gone: str, space: DiskSpace | None = None
    ) -> None:
        """`most_bytes`: of one owner's files the newest, so many bytes of them, outlive a sweep.

        `gone`: what is said of a file that is not there. `space`: whose last bytes no output takes; None: any may.
        """
        self._folder = folder
        self._seconds = seconds
        self._most_bytes = most_bytes
        self._gone = gone
        self._space = space
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def keep(self, owner: str, file: OutputFile) -> str:
        """Takes the file over; the token by which it is found among that owner's. Raises StorageFull."""
        if self._space is not None and self._space.is_spent:
            file.path.unlink(missing_ok=True)
            raise StorageFull(FULL)
        token = secrets.token_urlsafe(32)
        folder = self._folder / owner / token
        folder.mkdir(mode=0o700, parents=True)
        extension = Path(file.name).suffix[:12]
        try:
            shutil.move(
                file.path, folder / f"file{extension if extension.isascii() and extension[1:].isalnum() else ''}"
            )
        except OSError:
            file.path.unlink(missing_ok=True)
            remove_tree(folder)
            raise
        return token

    def find(self, owner: str, token: str) -> StoredFile:
        """The file behind a token; raises NotFound for an unknown or expired one alike."""
        if _TOKEN.fullmatch(token):
            folder = self._folder / owner / token
            try:
                kept_at = folder.stat().st_mtime
                if kept_at + self._seconds > unix_now():
                    (path,) = folder.iterdir()
                    return _described(path, kept_at)
            except (OSError, ValueError):
                pass
        raise NotFound(self._gone)

    def sweep(self) -> None:
        """Expired files are gone from the disk, and the oldest of an owner that has too much there."""
        horizon = unix_now() - self._seconds
        for owned in self._folder.iterdir():
            left = self._most_bytes
            with contextlib.suppress(OSError):  # a file may be kept, or go, while this looks
                for kept_at, folder in sorted(((each.stat().st_mtime, each) for each in owned.iterdir()), reverse=True):
                    left -= sum(file.stat().st_size for file in folder.iterdir())
                    if kept_at < horizon or left < 0:
                        remove_tree(folder)


def _described(path: Path, kept_at: float) -> StoredFile:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    shown = kind.startswith(_SHOWN)
    return StoredFile(
        path=path,
        content_type=kind if shown else "application/octet-stream",
        download=not shown,
        kept_at=kept_at,
    )
