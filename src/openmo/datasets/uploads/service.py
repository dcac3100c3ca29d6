"""Upload sessions: files are sent in any order and in parts, and become the next version of a dataset."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache

from openmo.accounts.access import Thing, check
from openmo.accounts.rights import Audience, Kind, Verb
from openmo.accounts.values import Account, Actor
from openmo.core.clock import Clock
from openmo.core.errors import Conflict, InvalidInput, NotFound, NotSignedIn
from openmo.core.ids import new_id
from openmo.core.messages import message
from openmo.core.space import DiskSpace
from openmo.datasets.uploads.finishing import Finisher
from openmo.datasets.uploads.folders import UploadFolders
from openmo.datasets.uploads.paths import MAX_PATTERNS, check_pattern, matcher, upload_path
from openmo.datasets.uploads.repository import UploadRepository
from openmo.datasets.uploads.values import (
    KEPT_FOR,
    MAX_FILES,
    MAX_SESSIONS,
    AwaitedFile,
    NewDataset,
    Progress,
    SentFile,
    Upload,
    UploadFile,
    UploadId,
    UploadSession,
    UploadState,
    check_upload_move,
)
from openmo.datasets.values import Dataset
from openmo.db.engine import Database
from openmo.storage.store import ObjectStore

_TOUCHED_EVERY = timedelta(hours=1)
_CACHED_TREES = 4


class UploadService:
    """Opens sessions, says where their files are written, and makes versions of them."""

    def __init__(
        self,
        *,
        database: Database,
        store: ObjectStore,
        folders: UploadFolders,
        finisher: Finisher,
        space: DiskSpace,
        clock: Clock,
    ) -> None:
        self._database = database
        self._folders = folders
        self._finisher = finisher
        self._space = space
        self._clock = clock
        self._store = store
        self._contents = lru_cache(maxsize=_CACHED_TREES)(self._by_content)

    def open(self, actor: Actor, *, dataset: Dataset | None, new: NewDataset | None) -> Upload:
        """A session for the next version of a dataset, or for a new one; raises Conflict where too many are open."""
        account = _account(actor)
        check(actor, Verb.PUBLISH, dataset.thing() if dataset else own_thing(account))
        self._space.check()
        self._sweep()
        now = self._clock.now()
        session = UploadSession(
            id=UploadId(new_id()),
            account_id=account.id,
            dataset_id=dataset.id if dataset else None,
            base_version=dataset.version if dataset else 0,
            new=None if dataset else new or NewDataset(),
            removed=(),
            state=UploadState.OPEN,
            version=None,
            notes="",
            problem=None,
            created_at=now,
            touched_at=now,
        )
        with self._database.begin() as connection:
            repository = UploadRepository(connection)
            if len(repository.of_account(account.id)) >= MAX_SESSIONS:
                raise Conflict(
                    message("You have %(count)s unfinished uploads: finish or discard one first.", count=MAX_SESSIONS)
                )
            repository.add(session)
        return self._shown(actor, session)

    def list_open(self, actor: Actor) -> tuple[Upload, ...]:
        """The actor's sessions that are not finished, newest first."""
        account = _account(actor)
        check(actor, Verb.PUBLISH, own_thing(account))
        with self._database.read() as connection:
            found = UploadRepository(connection).of_account(account.id)
        return tuple(self._shown(actor, session) for session in found)

    def get(self, actor: Actor, upload_id: str) -> Upload:
        """The session with what of it is here; raises NotFound for any but the actor's own."""
        with self._database.read() as connection:
            session = _own_session(UploadRepository(connection), actor, upload_id)
        return self._shown(actor, session)

    def files(self, actor: Actor, upload_id: str, *, after: int = 0, limit: int = 1000) -> tuple[SentFile, ...]:
        """A page of the session's files by number, each with how much of it is here."""
        with self._database.read() as connection:
            repository = UploadRepository(connection)
            session = _own_session(repository, actor, upload_id)
            found = repository.files(session.id, after=after, limit=limit)
        sizes = self._folders.sizes(session.id)
        return tuple(_sent(file, sizes.get(file.number, 0)) for file in found)

    def add_file(self, actor: Actor, upload_id: str, path: str, *, size: int, sha256: str = "") -> SentFile:
        """Where a file of that path is to be written; it replaces what the session has at the path.

        One that is the same by its hash goes on where it was left, and one that the base version has is whole at once.
        Raises InvalidInput for other paths, StorageFull where it would not fit, Conflict in a session that is finished.
        """
        path = upload_path(path)
        if size < 0:
            raise InvalidInput("A file has no fewer than 0 bytes.", field="size")
        with self._database.begin() as connection:
            repository = UploadRepository(connection)
            session = self._changed(repository, actor, upload_id)
            there = repository.file_at(session.id, path)
            if there and sha256 and (there.sha256, there.bytes) == (sha256, size):
                return self._resumed(session, there)
            number = repository.next_number(session.id)
            if number > MAX_FILES:
                raise InvalidInput(message("An upload has at most %(limit)s files.", limit=f"{MAX_FILES:,}"))
            file = UploadFile(
                number=number,
                path=path,
                bytes=size,
                sha256=sha256,
                stored=self._stored(repository, session, size, sha256),
            )
            if there:
                repository.remove_file(session.id, there.number)
            repository.add_file(session.id, file)
            if not file.stored:
                self._space.check_for(size)
                self._folders.add(session.id, file.number)
        if there:
            self._folders.remove_file(session.id, there.number)
        return _sent(file, 0)

    def file(self, actor: Actor, upload_id: str, number: int) -> AwaitedFile:
        """One file of the session; raises NotFound."""
        with self._database.read() as connection:
            repository = UploadRepository(connection)
            session = _own_session(repository, actor, upload_id)
            file = repository.file(session.id, number)
        if file is None:
            raise NotFound("This file is no longer awaited: it was taken back, or the upload has ended.")
        if not file.stored:
            self._folders.keep(session.id, file.number)
        return AwaitedFile(session=session, file=file, path=self._folders.file(session.id, number))

    def file_to_write(self, actor: Actor, upload_id: str, number: int) -> AwaitedFile:
        """As `file`, for one of which more is to come; raises Conflict where nothing is awaited."""
        found = self.file(actor, upload_id, number)
        _check_open(found.session)
        if self._clock.now() - found.session.touched_at > _TOUCHED_EVERY:
            with self._database.begin() as connection:
                UploadRepository(connection).touch(found.session.id, self._clock.now())
        return found

    def drop_file(self, actor: Actor, upload_id: str, number: int) -> None:
        """The file is not sent after all."""
        with self._database.begin() as connection:
            repository = UploadRepository(connection)
            session = self._changed(repository, actor, upload_id)
            repository.remove_file(session.id, number)
        self._folders.remove_file(session.id, number)

    def remove(self, actor: Actor, upload_id: str, patterns: Sequence[str]) -> tuple[Upload, int]:
        """Paths of the base version that are like these are not in the next one; says how many files that are.

        Raises InvalidInput for patterns that match nothing. What is sent in the session stays.
        """
        wanted = tuple(dict.fromkeys(check_pattern(pattern) for pattern in patterns))
        with self._database.begin() as connection:
            repository = UploadRepository(connection)
            session = self._changed(repository, actor, upload_id)
            removed = tuple(dict.fromkeys((*session.removed, *wanted)))
            if len(removed) > MAX_PATTERNS:
                raise InvalidInput(
                    message("At most %(limit)s patterns say what is removed.", limit=MAX_PATTERNS), field="patterns"
                )
            tree = base_tree(repository, session)
            paths = self._paths(tree) if tree else ()
            for pattern in wanted:
                if not any(map(matcher([pattern]), paths)):
                    raise InvalidInput(
                        message("No file of the version before is like %(pattern)s.", pattern=repr(pattern)),
                        field="patterns",
                    )
            session = replace(session, removed=removed)
            repository.save(session)
        return self._shown(actor, session), sum(map(matcher(removed), paths))

    def finish(
        self,
        actor: Actor,
        upload_id: str,
        *,
        notes: str = "",
        new: NewDataset | None = None,
        onto: int | None = None,
        wait: float = 0.0,
    ) -> Upload:
        """A version is being made, and perhaps is there within `wait` seconds; `get` says how far it is.

        `new`: what the new dataset is called instead; `onto`: the version that the changes are for, when another came
        meanwhile. Raises Conflict where files are missing or the version is another; what else is wrong is the
        session's `problem`, and it is open again.
        """
        with self._database.begin() as connection:
            repository = UploadRepository(connection)
            session = _own_session(repository, actor, upload_id, changing=True)
            if session.state is UploadState.OPEN:
                check_upload_move(session.state, UploadState.FINISHING)
                session = replace(
                    session,
                    state=UploadState.FINISHING,
                    notes=notes,
                    problem=None,
                    new=(new or session.new) if session.dataset_id is None else None,
                    base_version=session.base_version if onto is None else onto,
                    touched_at=self._clock.now(),
                )
                self._finisher.check(connection, session, repository.dataset(session))
                repository.save(session)
        if session.state is UploadState.FINISHING:
            self._finisher.start(session, _account(actor), wait=wait)
        return self.get(actor, upload_id)

    def discard(self, actor: Actor, upload_id: str) -> None:
        """The session is gone, with all that was sent; raises Conflict while a version is made of it."""
        with self._database.begin() as connection:
            repository = UploadRepository(connection)
            session = _own_session(repository, actor, upload_id, changing=True)
            if session.state is UploadState.FINISHING:
                raise Conflict("A version is being made of this upload: wait until it is there.")
            repository.remove(session.id)
        self._folders.remove(session.id)

    def resume(self) -> None:
        """For a start: what was being finished is finished, and no files lie about that belong to no session."""
        self._sweep()
        with self._database.read() as connection:
            known = UploadRepository(connection).ids()
        self._folders.sweep(known)
        self._finisher.resume()

    def _sweep(self) -> None:
        """Sessions that nobody touched for KEPT_FOR are gone, with their files."""
        with self._database.read() as connection:
            old = UploadRepository(connection).untouched_since(self._clock.now() - KEPT_FOR)
        if old:
            with self._database.begin() as connection:
                for upload_id in old:
                    UploadRepository(connection).remove(upload_id)
        for upload_id in old:
            self._folders.remove(upload_id)

    def _changed(self, repository: UploadRepository, actor: Actor, upload_id: str) -> UploadSession:
        """The session, which nobody else changes meanwhile, and whose time begins anew."""
        session = _own_session(repository, actor, upload_id, changing=True)
        _check_open(session)
        now = self._clock.now()
        if now - session.touched_at > _TOUCHED_EVERY:
            repository.touch(session.id, now)
        return replace(session, touched_at=now)

    def _resumed(self, session: UploadSession, file: UploadFile) -> SentFile:
        if not file.stored:
            self._folders.keep(session.id, file.number)
        return _sent(file, self._folders.sizes(session.id).get(file.number, 0))

    def _stored(self, repository: UploadRepository, session: UploadSession, size: int, sha256: str) -> str:
        """The content of a file of the session's own base version, and of no other."""
        tree = base_tree(repository, session) if sha256 else None
        return self._contents(tree).get((sha256, size), "") if tree else ""

    def _by_content(self, tree: str) -> Mapping[tuple[str, int], str]:
        return {(file.sha256, file.bytes): file.content for file in self._store.files(tree).values()}

    def _paths(self, tree: str) -> tuple[str, ...]:
        return tuple(self._store.files(tree))

    def _shown(self, actor: Actor, session: UploadSession) -> Upload:
        with self._database.read() as connection:
            repository = UploadRepository(connection)
            files = repository.files(session.id)
            dataset = repository.dataset(session)
        name = dataset.full_name if dataset else f"{actor.name}/{session.new.name if session.new else ''}"
        if session.state is UploadState.FINISHED:
            return Upload(session=session, dataset=name)
        sizes = self._folders.sizes(session.id)
        sent = [_sent(file, sizes.get(file.number, 0)) for file in files]
        progress = Progress(
            files=len(sent),
            whole_files=sum(each.is_whole for each in sent),
            bytes=sum(each.file.bytes for each in sent),
            sent_bytes=sum(each.offset for each in sent),
            checked_bytes=self._finisher.checked_bytes(session.id),
        )
        return Upload(session=session, dataset=name, progress=progress)


def own_thing(account: Account) -> Thing:
    """A dataset that is not there yet, as rights know it."""
    return Thing(kind=Kind.DATASET, owner=account.name, audience=Audience.PRIVATE)


def base_tree(repository: UploadRepository, session: UploadSession) -> str | None:
    """The digest of the files that the session changes."""
    return repository.tree(session.dataset_id, session.base_version) if session.dataset_id else None


def _account(actor: Actor) -> Account:
    if actor.account is None:
        raise NotSignedIn("Sign in to do this.")
    return actor.account


def _own_session(
    repository: UploadRepository, actor: Actor, upload_id: str, *, changing: bool = False
) -> UploadSession:
    account = _account(actor)
    session = repository.by_id(UploadId(upload_id), changing=changing)
    if session is None or session.account_id != account.id:
        raise NotFound(
            message(
                "There is no upload %(id)s of yours: it was discarded, or nobody touched it for 7 days.",
                id=repr(upload_id[:40]),
            )
        )
    check(actor, Verb.PUBLISH, own_thing(account))
    return session


def _check_open(session: UploadSession) -> None:
    if session.state is UploadState.FINISHED:
        raise Conflict("This upload is finished: begin another one.")
    if session.state is UploadState.FINISHING:
        raise Conflict("A version is being made of this upload: wait until it is there.")


def _sent(file: UploadFile, size: int) -> SentFile:
    return SentFile(file=file, offset=file.bytes if file.stored else size)
