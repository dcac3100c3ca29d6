"""What the Hub, the web service and the supervisor call each other, and the secrets that they share."""

from openmo.config.settings import Settings

WEB_SERVICE = "openmo-web"
SUPERVISOR_SERVICE = "openmo-supervisor"
WEB_CLIENT = f"service-{WEB_SERVICE}"
OAUTH_CALLBACK = "/oauth_callback"
USE_WEB_SCOPE = f"access:services!service={WEB_SERVICE}"
SERVER_SCOPE = "access:servers!server="
CALL_SCOPE = "custom:openmo:call"
"""Calling deployed apps, and nothing else; with a filter, one app."""


NOBODYS = "Missing or invalid credentials."
"""What our Hub says of a token that is nobody's. Its 403 without a word is a failure of its own."""


def call_scope(owner: str, slug: str) -> str:
    """The scope for calling the app of one project, which the Hub knows by its named server."""
    return f"{CALL_SCOPE}!server={owner}/{slug}"


def web_token(settings: Settings) -> str:
    """The token by which the web service speaks to the Hub, and its OAuth client secret."""
    return settings.folder.secret("hub-web-token")


def supervisor_token(settings: Settings) -> str:
    """The token of `openmo up`: accounts, their tokens, and the proxy's routes."""
    return settings.folder.secret("hub-supervisor-token")


def proxy_token(settings: Settings) -> str:
    """What the Hub shows to the proxy's API."""
    return settings.folder.secret("proxy-token")
