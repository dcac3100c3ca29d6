"""Making a version of what was sent: no byte is copied, and whoever is killed at it goes on at the next start."""

import fcntl
import logging
import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from openmo.accounts.values import Account, Actor
from openmo.core.clock import Clock
from openmo.core.errors import Conflict, OpenMoError
from openmo.core.messages import Message, as_message, message
from openmo.core.space import storage_full
from openmo.datasets.service import DatasetService
from openmo.datasets.uploads.errors import Locked
from openmo.datasets.uploads.folders import UploadFolders
from openmo.datasets.uploads.paths import matcher
from openmo.datasets.uploads.repository import UploadRepository
from openmo.datasets.uploads.values import (
    UploadFile,
    UploadId,
    UploadSession,
    UploadState,
    check_upload_move,
)
from openmo.datasets.values import Dataset, checked_notes
from openmo.db.engine import Database, Transaction
from openmo.storage.store import ObjectStore, StoredFile, TreeSummary

_log = logging.getLogger(__name__)
_AT_ONCE = 2
"""Versions that are made at the same time: each reads all that was sent."""
_LOCK_SECONDS = 15.0
_LOCK_INTERVAL_SECONDS = 0.05
_NAMED = 3
"""Files that a problem names."""


class Finisher:
    """Makes versions of sessions, in threads of its own."""

    def __init__(
        self, *, database: Database, datasets: DatasetService, store: ObjectStore, folders: UploadFolders, clock: Clock
    ) -> None:
        self._database = database
        self._datasets = datasets
        self._store = store
        self._folders = folders
        self._clock = clock
        self._turns = threading.Semaphore(_AT_ONCE)
        self._lock = threading.Lock()
        self._threads: dict[UploadId, threading.Thread] = {}
        self._checked: dict[UploadId, int] = {}

    def check(self, connection: Transaction, session: UploadSession, dataset: Dataset | None) -> None:
        """Raises Conflict where files are missing or a newer version came meanwhile, InvalidInput for wrong words."""
        checked_notes(session.notes)
        files = UploadRepository(connection).files(session.id)
        if not files and not session.removed:
            raise Conflict("Nothing was sent yet, and nothing is to be removed.", field="files")
        sizes = self._folders.sizes(session.id)
        missing = [file.path for file in files if not file.stored and sizes.get(file.number) != file.bytes]
        if missing:
            raise Conflict(
                message(
                    "%(count)s files are not here yet, %(path)s among them: send them, or take them back.",
                    count=f"{len(missing):,}",
                    path=repr(missing[0][:200]),
                ),
                field="files",
            )
        if dataset is None:
            assert session.new is not None  # noqa: S101 (one or the other)
            session.new.draft().checked()
        elif dataset.version != session.base_version:
            raise Conflict(
                message(
                    "Version %(version)s of %(name)s came while this was sent: look at it, then finish onto it.",
                    version=dataset.version,
                    name=dataset.full_name,
                ),
                field="onto",
            )

    def start(self, session: UploadSession, account: Account, *, wait: float = 0.0) -> None:
        """The version is being made; after `wait` seconds at most this returns."""
        with self._lock:
            thread = self._threads.get(session.id)
            if thread is None:
                work = lambda: self._work(session, account)  # noqa: E731 (a thread's)
                thread = threading.Thread(target=work, name=f"finish {session.id}", daemon=True)
                self._threads[session.id] = thread
                thread.start()
        thread.join(wait)

    def resume(self) -> None:
        """What a process left half way that was killed is gone on with."""
        with self._database.read() as connection:
            repository = UploadRepository(connection)
            found = [(each, repository.owner(each)) for each in repository.in_state(UploadState.FINISHING)]
        for session, account in found:
            if account is not None:
                self.start(session, account)

    def checked_bytes(self, upload_id: UploadId) -> int:
        """Of how many bytes the hash is known, while a version is being made."""
        return self._checked.get(upload_id, 0)

    def wait(self) -> None:
        """Nothing is being made any more."""
        for thread in [*self._threads.values()]:
            thread.join()

    def _work(self, session: UploadSession, account: Account) -> None:
        try:
            with self._turns, _held(self._folders.root(session.id)):
                self._make(session, account)
        except Locked:
            _log.info("Another process finishes upload %s.", session.id)
        except Exception as error:  # noqa: BLE001 (whatever it was, the session says so and can be finished again)
            self._reopen(session, _problem(session, error))
        finally:
            with self._lock:
                self._threads.pop(session.id, None)
                self._checked.pop(session.id, None)

    def _make(self, session: UploadSession, account: Account) -> None:
        with self._database.read() as connection:
            repository = UploadRepository(connection)
            files = repository.files(session.id)
            dataset = repository.dataset(session)
            base = repository.tree(dataset.id, session.base_version) if dataset else None
        stored = self._adopt(session, files)
        tree = self._store.change_tree(base, stored, removed=matcher(session.removed))
        version = self._made(session, account, tree)
        if version is None:
            version = self._place(session, account, dataset, tree)
        with self._database.begin() as connection:
            check_upload_move(session.state, UploadState.FINISHED)
            finished = replace(session, state=UploadState.FINISHED, version=version, touched_at=self._clock.now())
            UploadRepository(connection).save(finished)
            UploadRepository(connection).remove_files(session.id)
        self._folders.remove(session.id)

    def _place(self, session: UploadSession, account: Account, dataset: Dataset | None, tree: TreeSummary) -> int:
        actor = Actor(account=account)
        if dataset is not None:
            base = session.base_version
            return self._datasets.add_version(actor, dataset, tree, notes=session.notes, base=base).version
        assert session.new is not None  # noqa: S101 (one or the other)
        return self._datasets.begin(actor, session.new.draft(), tree, session.notes).version

    def _made(self, session: UploadSession, account: Account, tree: TreeSummary) -> int | None:
        """What a process made of the session that was killed before it could say so."""
        number = session.base_version + 1
        with self._database.read() as connection:
            made = UploadRepository(connection).version_made(session, account.name, number)
        return number if made == tree.digest else None

    def _adopt(self, session: UploadSession, files: Sequence[UploadFile]) -> Mapping[str, StoredFile]:
        """Every file is a stored one; raises Conflict where some are not what they were to be: those are sent anew."""
        stored = {}
        damaged = []
        for file in files:
            if file.stored:
                stored[file.path] = StoredFile(file.bytes, file.stored)
            else:
                path = self._folders.file(session.id, file.number)
                with _held(path):
                    found = self._store.adopt(path)
                if found.bytes != file.bytes or (file.sha256 and found.sha256 != file.sha256):
                    self._folders.remove_file(session.id, file.number)
                    self._folders.add(session.id, file.number)
                    damaged.append(file.path)
                stored[file.path] = found
            self._checked[session.id] = self._checked.get(session.id, 0) + file.bytes
        if damaged:
            raise Conflict(
                message(
                    "%(count)s files came damaged, %(paths)s among them: send them again.",
                    count=f"{len(damaged):,}",
                    paths=", ".join(repr(path[:200]) for path in damaged[:_NAMED]),
                )
            )
        return stored

    def _reopen(self, session: UploadSession, problem: Message) -> None:
        with self._database.begin() as connection:
            repository = UploadRepository(connection)
            present = repository.by_id(session.id, changing=True)
            if present is not None and present.state is UploadState.FINISHING:
                check_upload_move(present.state, UploadState.OPEN)
                repository.save(replace(present, state=UploadState.OPEN, problem=problem))


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """Nobody else writes the file, or finishes what is in the folder; raises Locked, Conflict for one that is gone."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        raise Conflict("A file that was sent is not here any more: send it again.") from None
    try:
        deadline = time.monotonic() + _LOCK_SECONDS
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise Locked("A file is still being sent from somewhere else: wait until it ends.") from None
                time.sleep(_LOCK_INTERVAL_SECONDS)
        yield
    finally:
        os.close(descriptor)


def _problem(session: UploadSession, error: Exception) -> Message:
    if isinstance(error, OpenMoError):
        return as_message(error.message)
    if full := storage_full(error):
        return as_message(full.message)
    _log.error("Upload %s could not be finished.", session.id, exc_info=error)
    return message("Something broke on our side: finish again, and tell the administrator if that does not help.")
