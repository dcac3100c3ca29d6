"""Output files behind unguessable URLs that expire."""

import contextlib
import mimetypes
import os
import re
import secrets
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import Headers as RequestHeaders
from starlette.responses import FileResponse, Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles

from openmo.core.clock import unix_now
from openmo.core.errors import NotFound, StorageFull
from openmo.core.hostile.trees import remove_tree
from openmo.core.served_files import file_policy
from openmo.core.space import FULL, DiskSpace
from openmo.gateway.http import Receive, Scope, Send, path_of
from openmo.serving.directory import DeployedRelease
from openmo.serving.pool import OutputFile

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_RANGE = re.compile(rb"bytes=(\d{0,18})-(\d{0,18})")
_PIECE = 1 << 18
# What a browser may show. Everything else is a download without a type, so that no file of an app can be a page here.
_SHOWN = ("image/", "audio/", "video/", "text/plain", "text/csv", "application/pdf")
_POLICY = {
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-site",
    "referrer-policy": "no-referrer",
    "cache-control": "private, max-age=600",
}
_CONDITIONS = StaticFiles()  # serves no folder: it is asked about If-None-Match and If-Modified-Since alone


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """An output file that may be fetched."""

    path: Path
    content_type: str
    download: bool
    kept_at: float
    """Since when, in Unix seconds; the file's own time is the app's to choose, and may be none that HTTP can say."""


class FileStore:
    """One folder per file, named by its token; the folder's time says when it expires, so restarts lose nothing."""

    def __init__(
        self,
        folder: Path,
        *,
        seconds: float,
        public_url: str,
        app_bytes: int = 2 << 30,
        space: DiskSpace | None = None,
    ) -> None:
        """`app_bytes`: of one app's files the newest, so many bytes of them, outlive a sweep.

        `space`: whose last bytes no output takes; None: any may.
        """
        self._space = space
        self._folder = folder
        self._seconds = seconds
        self._app_bytes = app_bytes
        self._public_url = public_url.rstrip("/")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def keep(self, release: DeployedRelease, file: OutputFile) -> str:
        """Takes the file over; the URL under which it can be fetched. Raises StorageFull."""
        if self._space is not None and self._space.is_spent:
            file.path.unlink(missing_ok=True)
            raise StorageFull(FULL)
        token = secrets.token_urlsafe(32)
        folder = self._folder / release.project_id / token
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
        return self._public_url + path_of("run", release.owner, release.app, "files", token)

    def find(self, project_id: str, token: str) -> StoredFile:
        """The file behind a token; raises NotFound for an unknown or expired one alike."""
        if _TOKEN.fullmatch(token):
            folder = self._folder / project_id / token
            try:
                kept_at = folder.stat().st_mtime
                if kept_at + self._seconds > unix_now():
                    (path,) = folder.iterdir()
                    return _described(path, kept_at)
            except (OSError, ValueError):
                pass
        raise NotFound("There is no such file, or it has expired. Call the app again.")

    def sweep(self) -> None:
        """Expired files are gone from the disk, and the oldest of an app that has too much there."""
        horizon = unix_now() - self._seconds
        for project in self._folder.iterdir():
            left = self._app_bytes
            with contextlib.suppress(OSError):  # a file may be kept, or go, while this looks
                for kept_at, folder in sorted(
                    ((each.stat().st_mtime, each) for each in project.iterdir()), reverse=True
                ):
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


def _changed_at(found: os.stat_result, moment: float) -> os.stat_result:
    """The same file, as if it had last been changed in that second."""
    return os.stat_result((*found[: stat.ST_ATIME], *(int(moment),) * 3))


class _OutputFileResponse(FileResponse):
    chunk_size = _PIECE


async def send_file(scope: Scope, receive: Receive, send: Send, stored: StoredFile) -> None:
    """The file as the answer, the one range of it that was asked for, or that what the client has is still the file.

    Ranges, `If-Range`, `ETag` and conditional requests are Starlette's; what is no single range gets the whole file.
    """
    try:
        descriptor = os.open(stored.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        raise NotFound("There is no such file, or it has expired. Call the app again.") from None
    try:
        asked: Scope = {**scope, "headers": [each for each in scope["headers"] if _is_served(each)]}
        response: Response = _OutputFileResponse(
            f"/proc/self/fd/{descriptor}",  # the file that was opened: a link put in its place would be followed
            headers={
                "content-type": stored.content_type,
                "content-security-policy": file_policy(stored.content_type),
                **_POLICY,
            },
            filename=stored.path.name if stored.download else None,
            stat_result=_changed_at(os.fstat(descriptor), stored.kept_at),
        )
        if _CONDITIONS.is_not_modified(response.headers, RequestHeaders(scope=asked)):
            response = NotModifiedResponse(response.headers)
        await response(asked, receive, send)
    finally:
        os.close(descriptor)


def _is_served(header: tuple[bytes, bytes]) -> bool:
    """Whether a request's header is heeded: a Range of several parts, of another unit or backwards is none."""
    if header[0] != b"range":
        return True
    match = _RANGE.fullmatch(header[1])
    if match is None or not (match[1] or match[2]):
        return False
    return not (match[1] and match[2]) or int(match[1]) <= int(match[2])
