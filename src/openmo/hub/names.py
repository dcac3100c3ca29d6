"""What the Hub, the web service and the supervisor call each other, and the secrets that they share."""

from openmo.config.settings import Settings

WEB_SERVICE = "openmo-web"
SUPERVISOR_SERVICE = "openmo-supervisor"
WEB_CLIENT = f"service-{WEB_SERVICE}"
OAUTH_CALLBACK = "/oauth_callback"
USE_WEB_SCOPE = f"access:services!service={WEB_SERVICE}"
SERVER_SCOPE = "access:servers!server="


def web_token(settings: Settings) -> str:
    """The token by which the web service speaks to the Hub, and its OAuth client secret."""
    return settings.folder.secret("hub-web-token")


def supervisor_token(settings: Settings) -> str:
    """The token of `openmo up`: accounts, their tokens, and the proxy's routes."""
    return settings.folder.secret("hub-supervisor-token")


def proxy_token(settings: Settings) -> str:
    """What the Hub shows to the proxy's API."""
    return settings.folder.secret("proxy-token")
