"""The platform as JupyterLab's server half sees it: a small HTTP server in this process that speaks its API."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from support.lab_apps import AppDouble

TOKEN = "token-of-the-notebook-server"
PROJECT = "ada/digits 1"


@dataclass(slots=True)
class PlatformDouble:
    """What it was asked, and what it will answer."""

    url: str
    calls: list[tuple[str, str, dict[str, Any] | None]] = field(default_factory=list)
    jobs: list[dict[str, Any]] = field(default_factory=list)
    source: str = 'print("exported")\n'
    refusal: dict[str, Any] | None = None
    raw_answer: tuple[int, str] | None = None
    app: AppDouble = field(default_factory=AppDouble)

    def end_job(self, index: int, state: str, reason: str | None = None) -> None:
        self.jobs[index] |= {"state": state, "reason": reason}

    def answer(self, method: str, path: str, body: dict[str, Any] | None) -> tuple[int, dict[str, Any]]:
        self.calls.append((method, path, body))
        if self.refusal is not None:
            return self.refusal["status"], self.refusal
        match method, path:
            case "POST", "/api/v1/notebooks/export":
                return 200, {"source": self.source}
            case "POST", "/api/v1/projects/ada/digits 1/jobs":
                self.jobs.insert(0, self._job(body or {}))
                return 201, self.jobs[0]
            case "GET", "/api/v1/projects/ada/digits 1/jobs":
                return 200, {"items": self.jobs}
        if about_app := self.app.answer(method, path.removeprefix(f"/api/v1/projects/{PROJECT}/"), body or {}):
            return about_app
        return 404, {"title": "Not found", "status": 404, "detail": path, "code": "not_found"}

    def _job(self, body: dict[str, Any]) -> dict[str, Any]:
        number = len(self.jobs) + 1
        return {
            "id": f"job-{number}",
            "number": number,
            "name": body["name"] or f"{body['script']}-{number}",
            "script": body["script"],
            "state": "pending",
            "device": body["device"],
            "args": body["args"],
            "reason": None,
            "url": f"/ada/digits?tab=jobs#job-{number}",
        }


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
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._respond(None)

    def do_POST(self) -> None:
        self._respond(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def do_PUT(self) -> None:
        self.do_POST()

    def _respond(self, body: dict[str, Any] | None) -> None:
        double: PlatformDouble = self.server.double  # type: ignore[attr-defined]  # set in running_platform
        if self.headers["Authorization"] != f"token {TOKEN}":
            status, text = 401, json.dumps({"title": "Sign in", "status": 401, "detail": "", "code": "unauthenticated"})
        elif double.raw_answer is not None:
            status, text = double.raw_answer
        else:
            status, document = double.answer(self.command, unquote(urlsplit(self.path).path), body)
            text = json.dumps(document)
        payload = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(payload)))
        if 300 <= status < 400:
            self.send_header("Location", "http://127.0.0.1:9/")
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
        """Silence: a failing test says what was asked."""
