"""The REST API of a running OpenMo, as commands use it.

The server is the one that runs on the data folder, or `OPENMO_URL` with a token in `OPENMO_TOKEN`.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click
import httpx

from openmo.config.settings import load_settings
from openmo.core.errors import NotSignedIn, OpenMoError, Unavailable
from openmo.core.messages import message
from openmo.installation.state import load_running

_TIMEOUT = httpx.Timeout(120.0, connect=5.0)
_CALL_TIMEOUT = httpx.Timeout(None, connect=5.0)
"""An app's own limit ends its calls."""


class Refused(OpenMoError):
    """The server answered with an error; its problem details are this error's own."""

    def __init__(self, problem: Mapping[str, Any], status: int) -> None:
        members = {name: value for name, value in problem.items() if name not in ("type", "title", "status", "detail")}
        super().__init__(str(problem.get("detail") or problem.get("title") or f"The server answered {status}."))
        self.fields = members
        self.code = str(problem.get("code", "refused"))  # type: ignore[misc]  # the server's words replace the class's
        self.title = str(problem.get("title", "Refused"))  # type: ignore[misc]  # as above
        self.status = status  # type: ignore[misc]  # as above


class ApiClient:
    """Calls of the REST API; every refusal is raised as an OpenMoError."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url.rstrip("/")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        # The platform is asked directly, whatever proxy the environment names for the rest of the world.
        self._http = httpx.Client(base_url=self.url, headers=headers, timeout=_TIMEOUT, trust_env=False)

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, /, **parameters: Any) -> Any:
        return self._ask("GET", f"/api/v1{path}", params=parameters).json()

    def get_text(self, path: str, /, **parameters: Any) -> httpx.Response:
        return self._ask("GET", f"/api/v1{path}", params=parameters)

    def get_bytes(self, path: str) -> bytes:
        return self._ask("GET", f"/api/v1{path}").content

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        return self._ask("POST", f"/api/v1{path}", json=body or {}).json()

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._ask("PUT", f"/api/v1{path}", json=body).json()

    def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._ask("PATCH", f"/api/v1{path}", json=body).json()

    def delete(self, path: str) -> None:
        self._ask("DELETE", f"/api/v1{path}")

    @contextmanager
    def call(self, app: str, **options: Any) -> Iterator[Iterator[tuple[str, Any]]]:
        """One call as (name, data): each `output` as it comes, then `done`, as long as the block lasts."""
        try:
            with self._http.stream("POST", f"/run/{app}", timeout=_CALL_TIMEOUT, **options) as answer:
                if answer.status_code >= 400:
                    answer.read()
                    raise Refused(_problem(answer), answer.status_code)
                yield _answers(answer)
        except httpx.TransportError as error:
            raise Unavailable(
                message("OpenMo does not answer at %(url)s: %(error)s.", url=self.url, error=str(error))
            ) from error

    @contextmanager
    def events(self, path: str, **parameters: Any) -> Iterator[Iterator[tuple[str, Any]]]:
        """Server-sent events as (name, data), as long as the block lasts."""
        with self._http.stream("GET", f"/api/v1{path}", params=parameters, timeout=None) as answer:
            if answer.status_code >= 400:
                answer.read()
                raise Refused(_problem(answer), answer.status_code)
            yield _events(answer.iter_lines())

    def _ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            answer = self._http.request(method, path, **options)
        except httpx.TransportError as error:
            raise Unavailable(
                message("OpenMo does not answer at %(url)s: %(error)s.", url=self.url, error=str(error))
            ) from error
        if answer.status_code >= 400:
            raise Refused(_problem(answer), answer.status_code)
        return answer


def connect(data: Path | None = None) -> ApiClient:
    """The running server, until the command ends where one runs; raises Unavailable when there is none."""
    client = _connect(data)
    if context := click.get_current_context(silent=True):
        context.call_on_close(client.close)
    return client


def _connect(data: Path | None) -> ApiClient:
    if url := os.environ.get("OPENMO_URL"):
        return ApiClient(url, os.environ.get("OPENMO_TOKEN", ""))
    settings = load_settings(os.environ, data=data)
    running = load_running(settings.folder)
    if running is None:
        raise Unavailable(message("OpenMo does not run on %(data)s.", data=settings.data))
    token = os.environ.get("OPENMO_TOKEN") or (running.api.token if running.api else "")
    if token and running.url:
        return ApiClient(running.url, token)
    if running.laptop or not running.url:
        raise Unavailable(message("OpenMo on %(data)s is just starting: try again in a moment.", data=settings.data))
    raise NotSignedIn(
        message(
            "The OpenMo at %(url)s has several accounts, so it must be told whose commands these are. Make a token at "
            "%(url)s/hub/token, and set OPENMO_URL=%(url)s and OPENMO_TOKEN to it.",
            url=running.url,
        )
    )


def full_name(client: ApiClient, project: str) -> str:
    """`owner/name` as it stands in an address; a bare name is the caller's own."""
    name = quote(project, safe="/@")
    return name if "/" in name else f"{client.get('/me')['name']}/{name}"


def _problem(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _answers(answer: httpx.Response) -> Iterator[tuple[str, Any]]:
    if not answer.headers.get("content-type", "").startswith("text/event-stream"):
        whole = json.loads(answer.read())
        yield "output", whole["output"]
        yield "done", whole
        return
    name = ""
    for name, value in _events(answer.iter_lines()):
        if name == "error":
            raise Refused(value, int(value.get("status", 500)))
        yield name, value
    if name != "done":
        raise Unavailable("The app's answer broke off before it was whole: call it again.")


def _events(lines: Iterator[str]) -> Iterator[tuple[str, Any]]:
    name, data = "", ""
    for line in lines:
        if line.startswith("event: "):
            name = line[7:]
        elif line.startswith("data: "):
            data = line[6:]
        elif not line and data:
            yield name, json.loads(data)
            name, data = "", ""
