"""SQL of accounts."""

from datetime import datetime

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from openmo.accounts.values import Account
from openmo.core.ids import AccountId, new_id
from openmo.db.tables import accounts


class AccountRepository:
    """Accounts in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def by_name(self, name: str) -> Account | None:
        row = self._connection.execute(select(accounts).where(accounts.c.name == name)).first()
        return _account(row) if row else None

    def by_id(self, account_id: AccountId) -> Account | None:
        row = self._connection.execute(select(accounts).where(accounts.c.id == account_id)).first()
        return _account(row) if row else None

    def add(self, name: str, *, admin: bool, now: datetime) -> Account:
        """The account, also when somebody else added it in this moment."""
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(accounts).values(id=new_id(), name=name, admin=admin, created_at=now))
        except IntegrityError:
            pass  # added by a request beside this one: the row is what we want
        account = self.by_name(name)
        assert account is not None  # noqa: S101 (just inserted or just seen)
        return account

    def set_admin(self, account_id: AccountId, *, admin: bool) -> None:
        self._connection.execute(update(accounts).where(accounts.c.id == account_id).values(admin=admin))


def _account(row: Row[tuple[object, ...]]) -> Account:
    return Account(**row._mapping)  # noqa: SLF001 (public by documentation; columns are the fields)
