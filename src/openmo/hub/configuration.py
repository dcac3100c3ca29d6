"""JupyterHub's configuration, made from ours."""

from pathlib import Path

from traitlets.config import Config

from openmo.config.endpoints import Endpoints
from openmo.config.settings import Settings
from openmo.hub.authenticator import SignInLinkAuthenticator
from openmo.hub.endings import LOGIN_DAYS
from openmo.hub.people import USERNAME_PATTERN, authenticator_of
from openmo.hub.spawner import ProjectSpawner
from openmo.identity.app_tokens import MAX_DAYS
from openmo.identity.local_account import local_user
from openmo.identity.service_names import (
    CALL_SCOPE,
    OAUTH_CALLBACK,
    SUPERVISOR_SERVICE,
    USE_WEB_SCOPE,
    WEB_CLIENT,
    WEB_SERVICE,
    proxy_token,
    supervisor_token,
    web_token,
)

_TEMPLATES = Path(__file__).parent / "templates"
_WARNING = 30

_WEB_SCOPES = ["read:users:name", "list:users", "read:servers", "admin:servers", "tokens"]
"""With `tokens` it makes those of apps, and ends sessions; a browser's session may nothing but use the site."""
_DAY = 86_400
_SUPERVISOR_SCOPES = ["proxy", "list:users", "admin:users", "tokens"]


def configure(c: Config, settings: Settings, endpoints: Endpoints, spawner: type[ProjectSpawner]) -> None:
    """Fills the traitlets configuration object `c`."""
    _configure_addresses(c, settings, endpoints)
    _configure_people(c, settings)
    _configure_services(c, settings)
    c.JupyterHub.spawner_class = spawner
    c.JupyterHub.tornado_settings = {"slow_spawn_timeout": 0}  # nobody waits for a server before a page says so
    c.JupyterHub.allow_named_servers = True
    c.Spawner.start_timeout = 3600  # servers wait for their turn; from then on they have the spawner's own limit
    c.Spawner.http_timeout = 120
    c.Spawner.poll_interval = 5


def _configure_addresses(c: Config, settings: Settings, endpoints: Endpoints) -> None:
    folder = settings.folder
    c.JupyterHub.bind_url = f"{endpoints.public_url}/"
    c.JupyterHub.hub_bind_url = endpoints.hub.url
    c.JupyterHub.hub_connect_url = endpoints.hub.url
    c.JupyterHub.hub_routespec = "/hub/"
    c.JupyterHub.db_url = f"sqlite:///{folder.hub / 'jupyterhub.sqlite'}"
    c.JupyterHub.cookie_secret = bytes.fromhex(folder.secret("hub-cookie"))
    c.JupyterHub.cookie_max_age_days = LOGIN_DAYS
    c.JupyterHub.template_paths = [str(_TEMPLATES)]
    c.JupyterHub.default_url = "/"
    c.JupyterHub.redirect_to_server = False
    c.JupyterHub.log_level = _WARNING  # what is worth reading; JupyterHub's access log goes with it
    c.JupyterHub.last_activity_interval = 30  # also how often the proxy's routes are compared
    c.JupyterHub.init_spawners_timeout = 1  # servers of an earlier Hub are taken over while this one already answers
    c.JupyterHub.cleanup_servers = (
        False  # a restarted Hub takes its servers over; the leash ends them with the platform
    )
    c.JupyterHub.cleanup_proxy = False
    c.ConfigurableHTTPProxy.should_start = False
    c.ConfigurableHTTPProxy.api_url = endpoints.proxy_api.url
    c.ConfigurableHTTPProxy.auth_token = proxy_token(settings)
    c.Proxy.extra_routes = {"/": endpoints.web.url, "/run/": endpoints.gateway.url, "/mcp/": endpoints.gateway.url}


def _configure_people(c: Config, settings: Settings) -> None:
    if settings.laptop:
        c.JupyterHub.authenticator_class = SignInLinkAuthenticator
        c.SignInLinkAuthenticator.run_folder = settings.folder.run
        c.SignInLinkAuthenticator.allow_all = True  # whoever has the link is the one account
        c.SignInLinkAuthenticator.account = local_user(settings.local_user)
    else:
        c.JupyterHub.authenticator_class = authenticator_of(settings.authenticator)
        c.Authenticator.username_pattern = USERNAME_PATTERN


def _configure_services(c: Config, settings: Settings) -> None:
    c.JupyterHub.services = [
        {
            "name": WEB_SERVICE,
            "api_token": web_token(settings),
            "oauth_client_id": WEB_CLIENT,
            "oauth_redirect_uri": OAUTH_CALLBACK,
            "oauth_no_confirm": True,
            "display": False,
        },
        {"name": SUPERVISOR_SERVICE, "api_token": supervisor_token(settings), "display": False},
    ]
    c.JupyterHub.token_expires_in_max_seconds = MAX_DAYS * _DAY  # no token is without end, however it was made
    c.JupyterHub.custom_scopes = {CALL_SCOPE: {"description": "Call deployed apps, and nothing else"}}
    c.JupyterHub.load_roles = [
        {"name": "user", "scopes": ["self", USE_WEB_SCOPE, CALL_SCOPE]},
        {"name": "openmo-web", "scopes": _WEB_SCOPES, "services": [WEB_SERVICE]},
        {"name": "openmo-supervisor", "scopes": _SUPERVISOR_SCOPES, "services": [SUPERVISOR_SERVICE]},
    ]
