"""Who signs in where several people do: any authenticator of JupyterHub, held to names that can be accounts here."""

from importlib import import_module
from importlib.metadata import entry_points

from jupyterhub.auth import Authenticator
from jupyterhub.handlers.base import BaseHandler
from jupyterhub.utils import maybe_future
from tornado.web import HTTPError

from openmo.accounts.values import SAMPLES_OWNER
from openmo.core.ids import OWNER_PATTERN

USERNAME_PATTERN = rf"(?!{SAMPLES_OWNER}\Z)(?:{OWNER_PATTERN})\Z"
"""JupyterHub's own check of names, wherever they come from."""
_REFUSAL = (
    "%s cannot be the name of an account here: a name has 1 to 63 of a-z, 0-9 and . _ @ -, and starts and ends with a "
    "letter or digit. Ask the administrator to map yours (c.Authenticator.username_map). "
    "此名称不能用作账号：请联系管理员为您映射一个名称。"
)


class AccountNames:
    """Mixed into an authenticator: whoever cannot have an account hears so while signing in, not on every page."""

    async def authenticate(self, *arguments: object, **options: object) -> object:
        """As the authenticator's own; raises HTTPError 403 with a sentence for a name that cannot be an account's."""
        authenticator: Authenticator = self
        found: object = await maybe_future(super().authenticate(*arguments, **options))  # type: ignore[misc]  # of the authenticator that this is mixed into
        name = found.get("name") if isinstance(found, dict) else found
        if name is not None and not authenticator.validate_username(authenticator.normalize_username(name)):
            raise HTTPError(403, _REFUSAL, repr(str(name)[:80]))
        return found


def authenticator_of(name: str) -> type[Authenticator]:
    """The authenticator that an entry point's name or `package.module.Class` means, held to names of accounts."""
    points = {point.name.lower(): point for point in entry_points(group="jupyterhub.authenticators")}
    if point := points.get(name.lower()):
        found = point.load()
    else:
        module, _, attribute = name.rpartition(".")
        found = getattr(import_module(module), attribute)
    return type(found.__name__, (AccountNames, found), {})


class ToWorkspace(BaseHandler):  # type: ignore[misc]  # JupyterHub ships no types
    """Servers belong to projects: where the Hub would start or show one without, people find their projects instead."""

    def get(self, *_names: str) -> None:
        self.redirect("/workspace")


WITHOUT_PROJECT: list[tuple[str, type[BaseHandler]]] = [
    (r"/spawn(?:/[^/]+)?/?", ToWorkspace),
    (r"/user/[^/]+/?", ToWorkspace),
]
"""Pages of the Hub that are about an account's server without a name."""
