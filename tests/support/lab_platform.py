"""The platform as JupyterLab's server half sees it: a small HTTP server in this process that speaks its API."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from support.lab_apps import AppDouble
from support.lab_jobs import JobsDouble
from support.lab_modules import ModulesDouble
from support.lab_publishing import PublishingDouble

TOKEN = "token-of-the-notebook-server"
OWNER, NAME = "ada", "digits 1"
PROJECT = f"{OWNER}/{NAME}"


@dataclass(slots=True)
class PlatformDouble:
    """What it was asked, and what it will answer."""

    url: str
    calls: list[tuple[str, str, dict[str, Any] | None]] = field(default_factory=list)
    jobs: JobsDouble = field(default_factory=lambda: JobsDouble(OWNER, NAME))
    languages: set[str | None] = field(default_factory=set)
    """What `Accept-Language` said."""
    source: str = 'print("exported")\n'
    refusal: dict[str, Any] | None = None
    raw_answer: tuple[int, str] | None = None
    app: AppDouble = field(default_factory=AppDouble)
    modules: ModulesDouble = field(default_factory=ModulesDouble)
    publishing: PublishingDouble = field(default_factory=PublishingDouble)
    closing: bool = False

    def variables(self, public_url: str = "") -> dict[str, str]:
        """With which a notebook server finds it; browsers find it at `public_url`, or where it is."""
        return {
            "OPENMO_API_URL": self.url,
            "OPENMO_PROJECT": PROJECT,
            "OPENMO_PUBLIC_URL": public_url or self.url,
            "JUPYTERHUB_API_TOKEN": TOKEN,
        }

    def answer(
        self, method: str, path: str, body: dict[str, Any] | None, query: dict[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        self.calls.append((method, path, body))
        if self.refusal is not None:
            return self.refusal["status"], self.refusal
        match method, path:
            case "POST", "/api/v1/notebooks/export":
                return 200, {"source": self.source}
            case "GET", "/api/v1/jobs/active":
                return self.jobs.active()
        if answer := self.modules.answer(method, path.removeprefix("/api/v1/"), body or {}, query or {}):
            return answer
        below = path.removeprefix(f"/api/v1/projects/{PROJECT}/")
        for part in (self.jobs, self.app, self.publishing):
            if answer := part.answer(method, below, body or {}):
                return answer
        return 404, {"title": "Not found", "status": 404, "detail": path, "code": "not_found"}


@contextmanager
def running_platform() -> Iterator[PlatformDouble]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.double = PlatformDouble(url=f"http://127.0.0.1:{server.server_port}")  # type: ignore[attr-defined]  # for the handler
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.double  # type: ignore[attr-defined]  # set above
    finally:
        server.double.closing = True  # type: ignore[attr-defined]  # set above
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/api/v1/events":
            self._stream()
        else:
            self._respond(None)

    def do_POST(self) -> None:
        self._respond(json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"null"))

    def do_PUT(self) -> None:
        self.do_POST()

    def do_DELETE(self) -> None:
        self._respond(None)

    def _stream(self) -> None:
        """An event for each change, until the double or the reader goes away."""
        double: PlatformDouble = self.server.double  # type: ignore[attr-defined]  # set in running_platform
        self.send_response(200)
        self.end_headers()
        seen = 0
        while not double.closing:
            with double.jobs.changed:
                double.jobs.changed.wait_for(lambda: double.jobs.changes > seen or double.closing, timeout=1)  # noqa: B023
                event = double.jobs.changes > seen
                seen = double.jobs.changes
            try:
                self.wfile.write(b'event: job\ndata: {"state": "running"}\n\n' if event else b": \n\n")
            except OSError:
                return

    def _respond(self, body: dict[str, Any] | None) -> None:
        double: PlatformDouble = self.server.double  # type: ignore[attr-defined]  # set in running_platform
        if self.headers["Authorization"] != f"token {TOKEN}":
            status, text = 401, json.dumps({"title": "Sign in", "status": 401, "detail": "", "code": "unauthenticated"})
        elif double.raw_answer is not None:
            status, text = double.raw_answer
        else:
            double.languages.add(self.headers["Accept-Language"])
            url = urlsplit(self.path)
            status, document = double.answer(self.command, unquote(url.path), body, dict(parse_qsl(url.query)))
            text = json.dumps(document)
        payload = b"" if status == HTTPStatus.NO_CONTENT else text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(payload)))
        if 300 <= status < 400:
            self.send_header("Location", "http://127.0.0.1:9/")
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
        """Silence: a failing test says what was asked."""
