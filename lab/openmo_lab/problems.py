"""Errors as RFC 9457 problem documents, so that the browser shows one form whoever refused.

The form is the platform's own (openmo.core.problems), which cannot be imported here; a test compares the two.
"""

import errno
from http import HTTPStatus
from typing import Any

from tornado.web import HTTPError


class Problem(HTTPError):
    """An answer other than success: `code` is for programs, `title` and `detail` are for the user."""

    def __init__(self, status: int, code: str, title: str, detail: str = "", **fields: Any) -> None:
        super().__init__(status, log_message=None, reason=None)
        self.code = code
        self.title = title
        self.detail = detail
        self.fields = fields

    def document(self) -> dict[str, Any]:
        return {
            **self.fields,
            "type": f"urn:openmo:error:{self.code}",
            "title": self.title,
            "status": self.status_code,
            "detail": self.detail,
            "code": self.code,
        }

    def __str__(self) -> str:
        return f"{self.status_code} {self.code}: {self.title}"


class NotConnected(Problem):
    """There is no platform behind this JupyterLab."""

    def __init__(self) -> None:
        super().__init__(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "not_connected",
            "Not connected to OpenMo",
            "This JupyterLab was not started from an OpenMo project. Open the project's page and choose Start coding.",
        )


class PlatformUnreachable(Problem):
    """The platform gave no answer, or none that is its own."""

    def __init__(self) -> None:
        super().__init__(
            HTTPStatus.BAD_GATEWAY,
            "platform_unreachable",
            "OpenMo does not answer",
            "The platform may be restarting. Your files are safe here; try again in a moment.",
        )


class DiskFull(Problem):
    """There is no space for what was to be written; the platform has the same code for its own disk."""

    def __init__(self) -> None:
        super().__init__(
            HTTPStatus.INSUFFICIENT_STORAGE,
            "storage_full",
            "The disk is full",
            "This cannot be saved. Delete what is not needed (old jobs, results, releases), or ask the administrator "
            "for space.",
        )

    @classmethod
    def behind(cls, error: BaseException | None) -> "DiskFull | None":
        """The problem, when that is what brought the error about."""
        while error is not None:
            if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
                return cls()
            error = error.__cause__ or error.__context__
        return None


class InvalidRequest(Problem):
    """The page sent what this route cannot read."""

    def __init__(self, detail: str) -> None:
        super().__init__(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_request", "The request cannot be read", detail)


class FileRefused(Problem):
    """The file that was named cannot be used; `path` says which."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(HTTPStatus.UNPROCESSABLE_ENTITY, "file_refused", f"Cannot use {path!r}", why, path=path)


class ExportWouldOverwrite(Problem):
    """The script that an export would write, `path`, is somebody's own."""

    def __init__(self, path: str) -> None:
        super().__init__(
            HTTPStatus.CONFLICT,
            "export_would_overwrite",
            f"{path} exists",
            "It was not made by this export, or was edited since. Nothing was written.",
            path=path,
        )
