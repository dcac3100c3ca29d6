"""Output files behind unguessable URLs that expire."""

import contextlib
import mimetypes
import os
import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from openmo.core.clock import unix_now
from openmo.core.errors import NotFound
from openmo.core.hostile.trees import remove_tree
from openmo.gateway.http import Headers, Scope, Send, header, path_of
from openmo.serving.directory import DeployedRelease
from openmo.serving.pool import OutputFile

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_RANGE = re.compile(rb"bytes=(\d{0,18})-(\d{0,18})")
_PIECE = 1 << 18
# What a browser may show. Everything else is a download without a type, so that no file of an app can be a page here.
_SHOWN = ("image/", "audio/", "video/", "text/plain", "text/csv", "application/pdf")
_POLICY: Headers = [
    (b"content-security-policy", b"sandbox; default-src 'none'; style-src 'unsafe-inline'"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-site"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"private, max-age=600"),
    (b"accept-ranges", b"bytes"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """An output file that may be fetched."""

    path: Path
    content_type: str
    download: bool


class FileStore:
    """One folder per file, named by its token; the folder's time says when it expires, so restarts lose nothing."""

    def __init__(self, folder: Path, *, seconds: float, public_url: str, app_bytes: int = 2 << 30) -> None:
        """`app_bytes`: of one app's files the newest, so many bytes of them, outlive a sweep."""
        self._folder = folder
        self._seconds = seconds
        self._app_bytes = app_bytes
        self._public_url = public_url.rstrip("/")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def keep(self, release: DeployedRelease, file: OutputFile) -> str:
        """Takes the file over; the URL under which it can be fetched."""
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
                if folder.stat().st_mtime + self._seconds > unix_now():
                    (path,) = folder.iterdir()
                    return _described(path)
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


def _described(path: Path) -> StoredFile:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    shown = kind.startswith(_SHOWN)
    return StoredFile(path=path, content_type=kind if shown else "application/octet-stream", download=not shown)


async def send_file(scope: Scope, send: Send, stored: StoredFile) -> None:
    """The file as the answer, or the one range of it that was asked for."""
    try:
        descriptor = os.open(stored.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        raise NotFound("There is no such file, or it has expired. Call the app again.") from None
    with os.fdopen(descriptor, "rb") as file:
        size = os.fstat(descriptor).st_size
        start, end = _range(header(scope, b"range"), size)
        headers = [
            (b"content-type", stored.content_type.encode()),
            (b"content-length", b"%d" % (end - start)),
            *_POLICY,
        ]
        if stored.download:
            headers.append((b"content-disposition", f'attachment; filename="{stored.path.name}"'.encode()))
        partial = end - start < size
        if partial:
            headers.append((b"content-range", b"bytes %d-%d/%d" % (start, end - 1, size)))
        await send({"type": "http.response.start", "status": 206 if partial else 200, "headers": headers})
        left = 0 if scope["method"] == "HEAD" else end - start
        file.seek(start)
        while left > 0 and (data := file.read(min(_PIECE, left))):
            left -= len(data)
            await send({"type": "http.response.body", "body": data, "more_body": left > 0})
        if scope["method"] == "HEAD" or size == 0:
            await send({"type": "http.response.body", "body": b""})


def _range(value: bytes, size: int) -> tuple[int, int]:
    """The bytes asked for, as start and end; all of them for what is no single satisfiable range."""
    match = _RANGE.fullmatch(value)
    if match is None or not (match[1] or match[2]) or not size:
        return 0, size
    if not match[1]:
        return max(0, size - int(match[2])), size
    start, end = int(match[1]), min(size, int(match[2]) + 1) if match[2] else size
    return (start, end) if start < end else (0, size)
