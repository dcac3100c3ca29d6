"""What each part behind the proxy gets of a browser's cookies, and may tell the browser to keep.

All parts share one host, so a browser sends the cookies of each to all. A project's own server runs its author's code,
and whoever holds a cookie is whom it stands for. So every cookie goes to the part that made it and to no other, and a
project's server can speak for itself alone: it sets its own cookies on its own path, and no rule for the whole site.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, unquote

from openmo.identity.cookies import plain_name
from openmo.proxy.routes import normalise

PAGES_SESSION = "openmo_session"
HUB_SESSION = "jupyterhub-session-id"
_PAGES = ("openmo_", "openmo-")
_HUB_SERVERS = "jupyterhub-user-"
_XSRF = "_xsrf"
_SITE_WIDE = frozenset(
    {
        "alt-svc", "clear-site-data", "nel", "public-key-pins", "report-to", "reporting-endpoints",
        "service-worker-allowed", "strict-transport-security",
    }
)  # fmt: skip
"""Headers by which an answer changes what the browser does on the whole host (or below a foreign path)."""


@dataclass(frozen=True, slots=True)
class Destination:
    """The part behind one route, known by the route's prefix as `normalise` writes it."""

    prefix: str

    @property
    def runs_code_of_users(self) -> bool:
        """Whether what answers here is trusted with nothing but itself."""
        return self._segments()[0] not in ("", "hub", "run", "mcp")

    def cookies(self, headers: Iterable[str]) -> str:
        """The Cookie header to pass on, of those that came; empty: none."""
        pairs = (pair.strip() for line in headers for pair in line.split(";"))
        return "; ".join(pair for pair in pairs if "=" in pair and self._gets(pair.partition("=")[0].rstrip()))

    def may_send(self, name: str, value: str) -> bool:
        """Whether the browser may see this header of an answer."""
        if not self.runs_code_of_users:
            return True
        if name.lower() == "set-cookie":
            return self._may_set(value)
        return name.lower() not in _SITE_WIDE

    def _gets(self, name: str) -> bool:
        match self._segments():
            case ["", *_]:
                return plain_name(name).startswith(_PAGES)
            case ["hub", *_]:
                return not plain_name(name).startswith((*_PAGES, _HUB_SERVERS))
            case ["run" | "mcp", *_]:
                return False
            case ["user", owner, *slug]:
                server = "-".join(quote(part) for part in (owner, *slug[:1]))
                return name == _XSRF or _is_or_extends(name, f"{_HUB_SERVERS}{server}", "-oauth-state")
            case ["services", service, *_]:
                return name == _XSRF or _is_or_extends(name, f"service-{service}", "-oauth-state")
            case _:
                return False

    def _may_set(self, cookie: str) -> bool:
        """Whether this is a cookie of the destination's own, for its own path on this host."""
        pair, *attributes = cookie.split(";")
        name, given, _ = pair.partition("=")
        named = [attribute.partition("=") for attribute in attributes]
        paths = [value.strip() for attribute, _, value in named if attribute.strip().lower() == "path"]
        domains = [value for attribute, _, value in named if attribute.strip().lower() == "domain"]
        return bool(given and paths) and not domains and self._gets(name.strip()) and all(map(self._contains, paths))

    def _contains(self, path: str) -> bool:
        found = normalise(unquote(path))
        return found == self.prefix or found.startswith(f"{self.prefix}/")

    def _segments(self) -> list[str]:
        return self.prefix.strip("/").split("/")


def _is_or_extends(name: str, own: str, ending: str) -> bool:
    """JupyterHub's cookie of an OAuth client, or the one (or more, suffixed) in which a sign-in keeps its state."""
    return name == own or name == own + ending or name.startswith(f"{own}{ending}-")


def session_keys(headers: Iterable[str]) -> frozenset[str]:
    """What marks the browser's sign-in in these Cookie headers: two requests of one session have one in common."""
    pairs = (pair.strip().partition("=") for line in headers for pair in line.split(";"))
    known = ((plain_name(name), value) for name, _, value in pairs)
    return frozenset(f"{name}={value}" for name, value in known if name in (PAGES_SESSION, HUB_SESSION))


def ends_session(set_cookie: str) -> bool:
    """Whether the answer takes the browser's sign-in away."""
    name, _, rest = set_cookie.partition("=")
    return plain_name(name.strip()) in (PAGES_SESSION, HUB_SESSION) and rest.partition(";")[0].strip() in ("", '""')
