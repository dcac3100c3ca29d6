"""Accounts: made when JupyterHub first vouches for a name."""

from openmo.accounts.repository import AccountRepository
from openmo.accounts.values import SAMPLES_OWNER, Account
from openmo.core.clock import Clock
from openmo.core.errors import Forbidden, NotFound
from openmo.core.ids import check_owner
from openmo.db.engine import Database


class AccountService:
    """Finds and makes accounts."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def ensure(self, name: str, *, admin: bool = False) -> Account:
        """The account of a name that the identity provider vouches for; raises Forbidden for the samples' owner."""
        if name == SAMPLES_OWNER:
            raise Forbidden(f"{SAMPLES_OWNER!r} is the account of the sample content: sign in under another name.")
        return self._ensure(name, admin=admin)

    def ensure_samples_owner(self) -> Account:
        """The account that owns the sample content."""
        return self._ensure(SAMPLES_OWNER, admin=False)

    def get(self, name: str) -> Account:
        """Raises NotFound."""
        with self._database.read() as connection:
            account = AccountRepository(connection).by_name(name)
        if account is None:
            raise NotFound(f"There is no account {name[:80]!r}.")
        return account

    def _ensure(self, name: str, *, admin: bool) -> Account:
        check_owner(name)
        with self._database.read() as connection:
            account = AccountRepository(connection).by_name(name)
        if account is not None and account.admin == admin:
            return account
        with self._database.begin() as connection:
            accounts = AccountRepository(connection)
            account = accounts.add(name, admin=admin, now=self._clock.now())
            if account.admin != admin:
                accounts.set_admin(account.id, admin=admin)
            return accounts.by_name(name) or account
