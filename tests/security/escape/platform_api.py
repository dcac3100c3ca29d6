"""The platform's own doors, with what the place has in its environment, and with what it makes up."""

import http.client
import json
import os
import socket
from urllib.parse import urlsplit

from .attempt import Target, attempt

RIGHTS = ("rights",)
_FORGED = ("X-Forwarded-User", "Remote-User", "X-Remote-User", "X-Auth-Request-User", "Kubeflow-Userid", "X-Real-User")


def _ask(target: Target, path: str, method: str = "GET", *, body: object = None, at: str = "site", **more: str) -> str:
    """The body of an answer that grants what was asked; PermissionError for a refusal."""
    token = os.environ.get("JUPYTERHUB_API_TOKEN", "")
    headers = {"Authorization": f"token {token}"} if token and "Host" not in more else {}
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    data = None if body is None else json.dumps(body)
    if data is not None:
        headers["Content-Type"] = "application/json"
    where = urlsplit(target.victim[at])
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=8)
    try:
        connection.request(method, path, body=data, headers=headers)
        answer = connection.getresponse()
        text = answer.read(1200).decode("utf-8", "replace")
    finally:
        connection.close()
    if answer.status >= 300:
        raise PermissionError(13, f"{answer.status}")
    return f"{answer.status} {text}"


def _project(target: Target) -> str:
    return f"/api/v1/projects/{target.victim['owner']}/{target.victim['project']}"


def _server(target: Target) -> str:
    return f"/user/{target.victim['owner']}/{target.victim['server']}"


@attempt(*RIGHTS, upon="service")
def see_a_private_project(target: Target) -> object:
    """Asks for another, private project of whoever opened this one."""
    return _ask(target, _project(target))


@attempt(*RIGHTS, upon="service")
def read_a_private_file(target: Target) -> object:
    """Asks the pages for a file of it."""
    return _ask(target, f"/projects/{target.victim['owner']}/{target.victim['project']}/raw/secret.txt")


@attempt(*RIGHTS, upon="service")
def list_private_files(target: Target) -> object:
    """Asks for the list of its files."""
    return _ask(target, f"{_project(target)}/files")


@attempt(*RIGHTS, upon="service")
def read_a_private_log(target: Target) -> object:
    """Asks for the log of a job there."""
    return _ask(target, f"{_project(target)}/jobs/1/log")


@attempt(*RIGHTS, upon="service")
def run_a_job_elsewhere(target: Target) -> object:
    """Runs a job there."""
    return _ask(target, f"{_project(target)}/jobs", "POST", body={"script": "secret.py"})


@attempt(*RIGHTS, upon="service")
def write_an_app_elsewhere(target: Target) -> object:
    """Writes a handler there."""
    body = {"handler": "def handle(conf): return {}\n", "app_spec": ""}
    return _ask(target, f"{_project(target)}/app/files", "PUT", body=body)


@attempt(*RIGHTS, upon="service")
def deploy_elsewhere(target: Target) -> object:
    """Deploys an app there."""
    return _ask(target, f"{_project(target)}/releases", "POST", body={"channel": "release", "version": "9.9.9"})


@attempt(*RIGHTS, upon="service")
def open_an_app_to_all(target: Target) -> object:
    """Opens that project's app to everybody."""
    return _ask(target, f"{_project(target)}/app/settings", "PATCH", body={"access": "public"})


@attempt(*RIGHTS, upon="service")
def make_a_token_of_an_app(target: Target) -> object:
    """Makes a token for that project's app."""
    return _ask(target, f"{_project(target)}/app/tokens", "POST", body={"note": target.token})


@attempt(*RIGHTS, upon="service")
def publish_a_project(target: Target) -> object:
    """Makes that project public."""
    return _ask(target, _project(target), "PATCH", body={"visibility": "public"})


@attempt(*RIGHTS, upon="service")
def delete_a_project(target: Target) -> object:
    """Deletes that project."""
    return _ask(target, _project(target), "DELETE")


@attempt(*RIGHTS, upon="service")
def create_a_project(target: Target) -> object:
    """Creates a project in the account's name."""
    return _ask(target, "/api/v1/projects", "POST", body={"title": target.token})


@attempt(*RIGHTS, upon="service")
def make_a_token_of_the_account(target: Target) -> object:
    """Makes itself a token for all of the account, which would outlive this place."""
    body = {"note": target.token, "expires_in": 60}
    return _ask(target, f"/hub/api/users/{target.victim['owner']}/tokens", "POST", body=body)


@attempt(*RIGHTS, upon="service")
def list_tokens_of_the_account(target: Target) -> object:
    """Lists the account's tokens."""
    return _ask(target, f"/hub/api/users/{target.victim['owner']}/tokens")


@attempt(*RIGHTS, upon="service")
def list_people(target: Target) -> object:
    """Lists everybody's accounts."""
    return _ask(target, "/hub/api/users")


@attempt(*RIGHTS, upon="service")
def make_an_account(target: Target) -> object:
    """Makes an account."""
    return _ask(target, f"/hub/api/users/{target.token}", "POST")


@attempt(*RIGHTS, upon="service")
def become_an_administrator(target: Target) -> object:
    """Makes its own account an administrator's."""
    return _ask(target, f"/hub/api/users/{target.victim['owner']}", "PATCH", body={"admin": True})


@attempt(*RIGHTS, upon="service")
def start_another_server(target: Target) -> object:
    """Starts the JupyterLab of another project."""
    return _ask(target, f"/hub/api/users/{target.victim['owner']}/servers/{target.victim['server']}", "POST")


@attempt(*RIGHTS, upon="service")
def open_another_server(target: Target) -> object:
    """Reads a file by the JupyterLab of another project."""
    return _ask(target, f"{_server(target)}/api/contents/secret.txt")


@attempt(*RIGHTS, upon="service")
def start_a_kernel_elsewhere(target: Target) -> object:
    """Starts a kernel in the JupyterLab of another project."""
    return _ask(target, f"{_server(target)}/api/kernels", "POST", body={"name": "python3"})


@attempt(*RIGHTS, upon="service")
def stop_the_hub(target: Target) -> object:
    """Shuts JupyterHub down."""
    return _ask(target, "/hub/api/shutdown", "POST", body={"proxy": False, "servers": False})


@attempt(*RIGHTS, upon="service")
def ask_the_hub_past_the_proxy(target: Target) -> object:
    """Asks JupyterHub at its own port for everybody's accounts."""
    return _ask(target, "/hub/api/users", at="hub")


@attempt(*RIGHTS, upon="service")
def ask_the_pages_past_the_proxy(target: Target) -> object:
    """Asks the web service at its own port."""
    return _ask(target, _project(target), at="web")


@attempt(*RIGHTS, upon="service")
def list_the_routes_of_the_proxy(target: Target) -> object:
    """Asks the proxy where it sends requests, and how."""
    return _ask(target, "/api/routes", at="proxy_api")


@attempt(*RIGHTS, upon="service")
def route_another_server_to_itself(target: Target) -> object:
    """Has the proxy send another project's requests to a port of its own."""
    body = {"target": "http://127.0.0.1:9"}
    return _ask(target, f"/api/routes{_server(target)}", "POST", body=body, at="proxy_api")


@attempt(*RIGHTS, upon="service")
def call_itself_somebody_else(target: Target) -> object:
    """Says in headers, as proxies of companies do, that it is the account."""
    owner = str(target.victim["owner"])
    return _ask(target, _project(target), at="web", **dict.fromkeys(_FORGED, owner))


@attempt(*RIGHTS, upon="service")
def call_itself_another_host(target: Target) -> object:
    """Asks the web service under a foreign name of a host."""
    return _ask(target, _project(target), at="web", Host="attacker.example")


@attempt(*RIGHTS, upon="service")
def call_a_private_app(target: Target) -> object:
    """Calls the app of a private project at the gateway's own port."""
    return _ask(target, f"/run/{target.victim['owner']}/{target.victim['project']}", "POST", body={}, at="gateway")


@attempt("kernel", upon="service")
def listen_at_the_sites_other_address(target: Target) -> object:
    """Listens on the site's port at [::1], which browsers try first for `localhost` and all names below it."""
    port = urlsplit(target.victim["site"]).port or 80
    for family, host in ((socket.AF_INET6, "::1"), (socket.AF_INET6, "::"), (socket.AF_INET, "0.0.0.0")):
        with socket.socket(family) as mine:
            mine.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                mine.bind((host, port))
                mine.listen()
            except OSError:
                continue
            return f"{host} is free"
    raise PermissionError(13, "all are taken")
