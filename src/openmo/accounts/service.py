"""Accounts: made when JupyterHub first vouches for a name."""

from openmo.accounts.repository import AccountRepository
from openmo.accounts.values import SAMPLES_OWNER, Account, Actor
from openmo.core.clock import Clock
from openmo.core.errors import Forbidden, NotFound
from openmo.core.ids import ProjectId, check_owner
from openmo.core.messages import message
from openmo.db.engine import Database
from openmo.identity.caller import Caller


class AccountService:
    """Finds and makes accounts."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def actor(self, caller: Caller, *, project: ProjectId | None = None) -> Actor:
        """Who bears the caller's token; `project` is the one whose server's token that is.

        Raises Forbidden for the samples' owner.
        """
        whole = caller.project_slug is None and caller.apps is None
        account = self.ensure(caller.name, admin=caller.admin if whole else None)
        return Actor(account=account, only_project=project, only_apps=caller.apps)

    def ensure(self, name: str, *, admin: bool | None = False) -> Account:
        """The account of a name that the identity provider vouches for; raises Forbidden for the samples' owner.

        `admin` None: what is known stays; a token for less than the whole account says nothing about that.
        """
        if name == SAMPLES_OWNER:
            raise Forbidden(
                message(
                    "%(name)s is the account of the sample content: sign in under another name.",
                    name=repr(SAMPLES_OWNER),
                )
            )
        return self._ensure(name, admin=admin)

    def ensure_samples_owner(self) -> Account:
        """The account that owns the sample content."""
        return self._ensure(SAMPLES_OWNER, admin=None)

    def get(self, name: str) -> Account:
        """Raises NotFound."""
        with self._database.read() as connection:
            account = AccountRepository(connection).by_name(name)
        if account is None:
            raise NotFound(message("There is no account %(name)s.", name=repr(name[:80])))
        return account

    def _ensure(self, name: str, *, admin: bool | None) -> Account:
        check_owner(name)
        with self._database.read() as connection:
            account = AccountRepository(connection).by_name(name)
        if account is not None and admin in (None, account.admin):
            return account
        with self._database.begin() as connection:
            accounts = AccountRepository(connection)
            account = accounts.add(name, admin=bool(admin), now=self._clock.now())
            if admin is not None and account.admin != admin:
                accounts.set_admin(account.id, admin=admin)
            return accounts.by_name(name) or account
