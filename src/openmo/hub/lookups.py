"""Who asks the Hub: its look-up of tokens and sessions, kept honest where its database cannot be written.

JupyterHub notes when a token or session was last used before it says whose it is, and takes whoever asks for nobody
when anything about that fails. On a full disk every token would be unknown then, and people would be told to make new
ones. Here the note is left out when it cannot be made, and a look-up that fails all the same is said to have failed.
"""

import sqlite3
import time
from datetime import datetime
from pathlib import Path

from jupyterhub.handlers.base import BaseHandler
from jupyterhub.orm import Service
from jupyterhub.user import User
from tornado.web import HTTPError

from openmo.core.errors import StorageFull
from openmo.core.space import FULL, is_full, storage_full

_PAUSE_SECONDS = 30.0
"""After a note that could not be made no other is tried for so long: a locked database would hold up the whole Hub."""


class HonestLookUp:
    """Mixed into all handlers of the Hub."""

    _no_notes_until = 0.0
    _failed = False

    async def get_current_user(self) -> User | Service | None:
        """Who asks, or nobody; raises what JupyterHub swallows where that cannot be found out."""
        handler: BaseHandler = self
        try:
            return await super().get_current_user()  # type: ignore[misc]  # of the handler that this is mixed into
        except Exception as error:
            if not _is_of_the_database(error):
                raise
            handler.log.warning("Who uses the Hub cannot be noted: they are let in all the same.", exc_info=True)
        HonestLookUp._no_notes_until = time.monotonic() + _PAUSE_SECONDS
        handler.db.rollback()
        del handler._jupyterhub_user  # noqa: SLF001 (where JupyterHub keeps what its look-up found)
        try:
            return await super().get_current_user()  # type: ignore[misc]  # as above
        except Exception:
            handler.db.rollback()
            self._failed = True
            raise

    def _record_activity(self, thing: object, timestamp: datetime | None = None) -> bool:
        if time.monotonic() < HonestLookUp._no_notes_until:
            return False
        return bool(super()._record_activity(thing, timestamp))  # type: ignore[misc]  # as above

    def _resolve_roles_and_scopes(self) -> None:
        """JupyterHub calls this right after the look-up."""
        if self._failed:
            raise HTTPError(503, "The Hub cannot use its database: is the disk full?")
        super()._resolve_roles_and_scopes()  # type: ignore[misc]  # as above


class SaysFull:
    """Mixed into all handlers of the Hub: a full disk is said as such, where JupyterHub knows an internal error."""

    def _handle_request_exception(self, error: BaseException) -> None:
        handler: BaseHandler = self
        if not _found_no_space(error, handler):
            super()._handle_request_exception(error)  # type: ignore[misc]  # of the handler that this is mixed into
            return
        handler.db.rollback()
        try:
            raise _full() from error
        except HTTPError as shown:  # tornado shows the error that is being handled
            super()._handle_request_exception(shown)  # type: ignore[misc]  # as above


def _full() -> HTTPError:
    error = HTTPError(StorageFull.status, FULL, reason=StorageFull.title)
    vars(error)["jupyterhub_message"] = f"{FULL} 磁盘已满，无法保存。请删除不需要的内容，或请管理员增加空间。"
    return error


def _found_no_space(error: BaseException, handler: BaseHandler) -> bool:
    if storage_full(error) is not None:
        return True
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF
    if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN):
        return is_full(Path(handler.db.get_bind().url.database or ".").parent)
    return bool(code == sqlite3.SQLITE_FULL)


def _is_of_the_database(error: Exception) -> bool:
    return type(error).__module__.startswith("sqlalchemy.")
