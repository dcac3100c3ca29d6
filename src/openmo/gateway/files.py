"""Output files behind unguessable URLs that expire."""

import os
import re
import stat
from pathlib import Path

from starlette.datastructures import Headers as RequestHeaders
from starlette.responses import FileResponse, Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles

from openmo.core.errors import NotFound
from openmo.core.served_files import file_policy
from openmo.core.space import DiskSpace
from openmo.gateway.http import Receive, Scope, Send, path_of
from openmo.serving.directory import DeployedRelease
from openmo.serving.kept_files import KeptFiles, StoredFile
from openmo.serving.pool import OutputFile

_RANGE = re.compile(rb"bytes=(\d{0,18})-(\d{0,18})")
_PIECE = 1 << 18
_GONE = "There is no such file, or it has expired. Call the app again."
_POLICY = {
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-site",
    "referrer-policy": "no-referrer",
    "cache-control": "private, max-age=600",
}
_CONDITIONS = StaticFiles()  # serves no folder: it is asked about If-None-Match and If-Modified-Since alone


class FileStore:
    """The output files of apps, each behind the address of its app."""

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
        self._kept = KeptFiles(folder, seconds=seconds, most_bytes=app_bytes, gone=_GONE, space=space)
        self._public_url = public_url.rstrip("/")

    def keep(self, release: DeployedRelease, file: OutputFile) -> str:
        """Takes the file over; the URL under which it can be fetched. Raises StorageFull."""
        token = self._kept.keep(release.project_id, file)
        return self._public_url + path_of("run", release.owner, release.app, "files", token)

    def find(self, project_id: str, token: str) -> StoredFile:
        """The file behind a token; raises NotFound for an unknown or expired one alike."""
        return self._kept.find(project_id, token)

    def sweep(self) -> None:
        """Expired files are gone from the disk, and the oldest of an app that has too much there."""
        self._kept.sweep()


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
        raise NotFound(_GONE) from None
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
