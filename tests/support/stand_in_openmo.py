"""`python stand_in_openmo.py up ...`: the real command line, supervisor, proxy and Hub around tiny stand-ins.

The web, gateway and runner of the stand-in answer and wait, no more, so that tests of starting and stopping need no
database; the project launcher knows one project, `demo`, below the data folder.
"""

import functools
import http.server
import importlib
import os
import re
import signal
import sys
from pathlib import Path

from openmo.cli import lazy, main, server
from openmo.config.endpoints import Endpoint, listening_socket, load_endpoints
from openmo.config.settings import Settings
from openmo.core.errors import NotFound, Unavailable
from openmo.core.health import HEALTH_PATH
from openmo.core.hostile.folder import HostileFolder
from openmo.installation import watch
from openmo.installation.child import announce_ready
from openmo.installation.up import Installation
from openmo.projects.launch import ProjectLaunch
from openmo.projects.values import ProjectKind

_PROCESSES = {
    "hub": "run_hub",
    "web": "run_web",
    "gateway": "run_gateway",
    "runner": "run_runner",
    "prepare": "prepare",
}


_PLACES = {"web": re.compile(r"/(some/)?page"), "gateway": re.compile(r"/run/.+")}
"""What each of them has; where else one is asked, something was led astray."""


class _Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        name: str = self.server.name  # type: ignore[attr-defined]  # set below
        body = f"{name} {self.path} pid={os.getpid()}".encode()
        if self.path == HEALTH_PATH:
            print("a request for its health", flush=True)
        is_here = self.path == HEALTH_PATH or _PLACES[name].fullmatch(self.path)
        self.send_response(200 if is_here else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


def _serve(name: str, endpoint: Endpoint) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    listener = listening_socket(name, endpoint)
    answering = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Answer, bind_and_activate=False)
    answering.socket.close()
    answering.socket = listener
    answering.daemon_threads = True
    answering.name = name  # type: ignore[attr-defined]  # what the handler says
    print(f"{name} serves", flush=True)
    answering.serve_forever()


def run_web(settings: Settings) -> None:
    _serve("web", load_endpoints(settings.folder.run).web)


def run_gateway(settings: Settings) -> None:
    _serve("gateway", load_endpoints(settings.folder.run).gateway)


def run_runner(settings: Settings) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    announce_ready(os.environ)
    while True:
        signal.pause()


def prepare(settings: Settings) -> None:
    if reason := os.environ.get("STAND_IN_FAILS"):
        raise Unavailable(reason)
    (settings.data / "projects" / "demo").mkdir(exist_ok=True)
    (settings.data / "prepared").touch()


class _Launcher:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def launch(self, username: str, slug: str) -> ProjectLaunch:
        if slug != "demo":
            raise NotFound(f"There is no project {slug!r}.")
        workspace = self._settings.folder.projects / slug
        home = self._settings.data / "home"
        home.mkdir(exist_ok=True)
        environments = Path(os.environ["STAND_IN_ENVIRONMENTS"])
        return ProjectLaunch(
            kind=ProjectKind.APP,
            project=f"{username}/{slug}",
            workspace=HostileFolder(workspace),
            home=HostileFolder(home),
            python_lab=environments / "lab" / "bin" / "python",
            kernel_python=environments / "base" / "bin" / "python",
            api_url=f"{load_endpoints(self._settings.folder.run).public_url}/api/v1",
        )


def run_hub(settings: Settings) -> None:
    hub = importlib.import_module("openmo.bootstrap.hub")  # here: the other stand-ins start without JupyterHub
    hub.serve(settings, _Launcher(settings))


def _install() -> None:
    command = (sys.executable, "-P", __file__)
    if seconds := os.environ.get("STAND_IN_HANG_SECONDS"):
        vars(watch)["HANG_SECONDS"] = float(seconds)
    vars(server)["Installation"] = functools.partial(Installation, command=command)
    main.COMMANDS.update({name: lazy.Entry(f"__main__:{target}", "") for name, target in _PROCESSES.items()})


if __name__ == "__main__":
    _install()
    main.main()
