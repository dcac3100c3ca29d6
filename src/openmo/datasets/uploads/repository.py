"""SQL of upload sessions and of the files that are sent in them."""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from sqlalchemy import Connection, and_, delete, func, insert, select, update

from openmo.accounts.repository import AccountRepository
from openmo.accounts.values import Account
from openmo.core.ids import AccountId, DatasetId
from openmo.core.messages import Message, as_plain, from_plain
from openmo.datasets.repository import dataset_of, select_datasets
from openmo.datasets.uploads.values import NewDataset, UploadFile, UploadId, UploadSession, UploadState
from openmo.datasets.values import Dataset
from openmo.db.rows import Row, all_rows, first_row
from openmo.db.tables import accounts, dataset_versions, datasets, upload_files, upload_sessions


class UploadRepository:
    """Sessions in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, session: UploadSession) -> None:
        self._connection.execute(insert(upload_sessions).values(_values(session)))

    def save(self, session: UploadSession) -> None:
        values = {name: value for name, value in _values(session).items() if name != "id"}
        self._connection.execute(update(upload_sessions).where(upload_sessions.c.id == session.id).values(values))

    def by_id(self, upload_id: UploadId, *, changing: bool = False) -> UploadSession | None:
        """`changing`: nobody else changes the session before the transaction ends."""
        query = select(upload_sessions).where(upload_sessions.c.id == upload_id)
        row = first_row(self._connection, query.with_for_update() if changing else query)
        return _session_of(row) if row else None

    def of_account(self, account_id: AccountId) -> tuple[UploadSession, ...]:
        """Those that are not finished, newest first."""
        query = select(upload_sessions).where(
            upload_sessions.c.account_id == account_id, upload_sessions.c.state != UploadState.FINISHED
        )
        newest_first = query.order_by(upload_sessions.c.id.desc())
        return tuple(_session_of(row) for row in all_rows(self._connection, newest_first))

    def in_state(self, state: UploadState) -> tuple[UploadSession, ...]:
        query = select(upload_sessions).where(upload_sessions.c.state == state)
        return tuple(_session_of(row) for row in all_rows(self._connection, query))

    def untouched_since(self, moment: datetime) -> tuple[UploadId, ...]:
        """Sessions that nobody works on."""
        query = select(upload_sessions.c.id).where(
            upload_sessions.c.touched_at < moment, upload_sessions.c.state != UploadState.FINISHING
        )
        return tuple(UploadId(row["id"]) for row in all_rows(self._connection, query))

    def ids(self) -> frozenset[str]:
        return frozenset(str(row["id"]) for row in all_rows(self._connection, select(upload_sessions.c.id)))

    def touch(self, upload_id: UploadId, now: datetime) -> None:
        self._connection.execute(
            update(upload_sessions).where(upload_sessions.c.id == upload_id).values(touched_at=now)
        )

    def remove(self, upload_id: UploadId) -> None:
        self._connection.execute(delete(upload_sessions).where(upload_sessions.c.id == upload_id))

    def add_file(self, upload_id: UploadId, file: UploadFile) -> None:
        self._connection.execute(
            insert(upload_files).values(
                session_id=upload_id,
                number=file.number,
                path=file.path,
                bytes=file.bytes,
                sha256=file.sha256,
                stored=file.stored,
            )
        )

    def next_number(self, upload_id: UploadId) -> int:
        query = select(func.max(upload_files.c.number).label("last")).where(upload_files.c.session_id == upload_id)
        row = first_row(self._connection, query)
        return ((row["last"] if row else None) or 0) + 1

    def file(self, upload_id: UploadId, number: int) -> UploadFile | None:
        query = select(upload_files).where(upload_files.c.session_id == upload_id, upload_files.c.number == number)
        row = first_row(self._connection, query)
        return _file_of(row) if row else None

    def file_at(self, upload_id: UploadId, path: str) -> UploadFile | None:
        query = select(upload_files).where(upload_files.c.session_id == upload_id, upload_files.c.path == path)
        row = first_row(self._connection, query)
        return _file_of(row) if row else None

    def files(self, upload_id: UploadId, *, after: int = 0, limit: int | None = None) -> tuple[UploadFile, ...]:
        """By number."""
        query = select(upload_files).where(upload_files.c.session_id == upload_id, upload_files.c.number > after)
        ordered = query.order_by(upload_files.c.number).limit(limit)
        return tuple(_file_of(row) for row in all_rows(self._connection, ordered))

    def remove_file(self, upload_id: UploadId, number: int) -> None:
        self._connection.execute(
            delete(upload_files).where(upload_files.c.session_id == upload_id, upload_files.c.number == number)
        )

    def remove_files(self, upload_id: UploadId) -> None:
        self._connection.execute(delete(upload_files).where(upload_files.c.session_id == upload_id))

    def dataset(self, session: UploadSession) -> Dataset | None:
        """Whose next version the session makes."""
        if session.dataset_id is None:
            return None
        row = first_row(self._connection, select_datasets().where(datasets.c.id == session.dataset_id))
        return dataset_of(row) if row else None

    def version_made(self, session: UploadSession, owner: str, number: int) -> str | None:
        """The digest of the version that the session was to make, if there is such a version since it was opened."""
        name = session.new.name if session.new else ""
        query = (
            select(dataset_versions.c.tree)
            .join(datasets, datasets.c.id == dataset_versions.c.dataset_id)
            .join(accounts, accounts.c.id == datasets.c.owner_id)
            .where(
                (datasets.c.id == session.dataset_id)
                if session.dataset_id
                else and_(accounts.c.name == owner, datasets.c.name == name),
                dataset_versions.c.number == number,
                dataset_versions.c.created_at >= session.touched_at,
            )
        )
        row = first_row(self._connection, query)
        return str(row["tree"]) if row else None

    def owner(self, session: UploadSession) -> Account | None:
        return AccountRepository(self._connection).by_id(session.account_id)

    def tree(self, dataset_id: DatasetId, version: int) -> str | None:
        """The digest of a version's files."""
        query = select(dataset_versions.c.tree).where(
            dataset_versions.c.dataset_id == dataset_id, dataset_versions.c.number == version
        )
        row = first_row(self._connection, query)
        return str(row["tree"]) if row else None


def _values(session: UploadSession) -> Mapping[str, object]:
    return {
        "id": session.id,
        "account_id": session.account_id,
        "dataset_id": session.dataset_id,
        "base_version": session.base_version,
        "details": msgspec.to_builtins(session.new) if session.new else None,
        "removed": list(session.removed),
        "state": session.state,
        "version": session.version,
        "notes": session.notes,
        "problem": as_plain(session.problem) if session.problem else None,
        "created_at": session.created_at,
        "touched_at": session.touched_at,
    }


def _session_of(row: Row) -> UploadSession:
    details = row["details"]
    return UploadSession(
        id=UploadId(row["id"]),
        account_id=AccountId(row["account_id"]),
        dataset_id=DatasetId(row["dataset_id"]) if row["dataset_id"] else None,
        base_version=row["base_version"],
        new=msgspec.convert(details, NewDataset) if details is not None else None,
        removed=tuple(row["removed"]),
        state=UploadState(row["state"]),
        version=row["version"],
        notes=row["notes"],
        problem=_message(row["problem"]),
        created_at=row["created_at"],
        touched_at=row["touched_at"],
    )


def _message(stored: Mapping[str, object] | None) -> Message | None:
    return None if stored is None else from_plain(stored)


def _file_of(row: Row) -> UploadFile:
    return UploadFile(
        number=row["number"], path=row["path"], bytes=row["bytes"], sha256=row["sha256"], stored=row["stored"]
    )
