"""The REST API of a running OpenMo, as commands use it.

The server is the one that runs on the data folder, or `OPENMO_URL` with a token in `OPENMO_TOKEN`. What goes there and
comes back has the shapes of the API itself: the schemas of the slices.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, TypeVar
from urllib.parse import quote

import click
import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from openmo.accounts.schemas import Me
from openmo.config.settings import load_settings
from openmo.core.errors import Conflict, NotSignedIn, OpenMoError, Unavailable
from openmo.core.messages import message
from openmo.installation.state import load_running
from openmo.wire.secret import SENDING

_TIMEOUT = httpx.Timeout(120.0, connect=5.0)
_CALL_TIMEOUT = httpx.Timeout(None, connect=5.0)
"""An app's own limit ends its calls."""
_PARTIAL = 206
View = TypeVar("View", bound=BaseModel)
Parameter = str | int | float | bool | None
Values = dict[str, object]
"""What an app takes or answers, by name."""
Upload = tuple[str, BinaryIO | bytes, str]
"""Name, content and media type of a file."""
_VALUES = TypeAdapter(Values)


class Refused(OpenMoError):
    """The server answered with an error; its problem details are this error's own."""

    def __init__(self, problem: Mapping[str, object], status: int) -> None:
        members = {name: value for name, value in problem.items() if name not in ("type", "title", "status", "detail")}
        super().__init__(str(problem.get("detail") or problem.get("title") or f"The server answered {status}."))
        self.fields = members
        self.code = str(problem.get("code", "refused"))  # type: ignore[misc]  # the server's words replace the class's
        self.title = str(problem.get("title", "Refused"))  # type: ignore[misc]  # as above
        self.status = status  # type: ignore[misc]  # as above


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON document of the server's: printed as it is, or read as what the API says that it is."""

    body: bytes | str

    @property
    def value(self) -> object:
        """Whatever the server says, also what this version of the command knows nothing of."""
        return json.loads(self.body)

    def read(self, view: type[View]) -> View:
        """Raises Conflict for a document of another shape, as a server of another version sends it."""
        try:
            return view.model_validate_json(self.body)
        except ValidationError as error:
            raise Conflict(
                "The server is of another version than this command: use the `openmo` that it came with."
            ) from error

    def values(self) -> Values:
        """As `read`, of values by name."""
        try:
            return _VALUES.validate_json(self.body)
        except ValidationError as error:
            raise Conflict("The app's answer is no JSON object.") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class CallInputs:
    """What an app is called with."""

    values: Mapping[str, object] = field(default_factory=dict)
    files: Mapping[str, Upload] = field(default_factory=dict)
    as_form: bool = False
    """Every value is text, and the app's spec says what it means."""


class ApiClient:
    """Calls of the REST API; every refusal is raised as an OpenMoError."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url.rstrip("/")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        # The platform is asked directly, whatever proxy the environment names for the rest of the world.
        self._http = httpx.Client(base_url=self.url, headers=headers, timeout=_TIMEOUT, trust_env=False)

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, /, **parameters: Parameter) -> Answer:
        return Answer(self._ask("GET", path, parameters=parameters).content)

    def get_text(self, path: str, /, **parameters: Parameter) -> httpx.Response:
        return self._ask("GET", path, parameters=parameters)

    def get_bytes(self, path: str) -> bytes:
        return self._ask("GET", path).content

    def post(self, path: str, body: BaseModel | None = None) -> Answer:
        return Answer(self._ask("POST", path, body=_encoded(body)).content)

    def put(self, path: str, body: BaseModel | None = None) -> Answer:
        return Answer(self._ask("PUT", path, body=_encoded(body)).content)

    def patch(self, path: str, body: BaseModel) -> Answer:
        return Answer(self._ask("PATCH", path, body=_encoded(body)).content)

    def delete(self, path: str) -> None:
        self._ask("DELETE", path)

    def send(
        self, method: str, path: str, *, headers: Mapping[str, str], content: bytes | Iterator[bytes] | None = None
    ) -> httpx.Response:
        """One request of tus, with which files are sent; `path` is a whole one."""
        spoken = {"Tus-Resumable": "1.0.0", **headers}
        try:
            answer = self._http.request(method, path, headers=spoken, content=content)
        except httpx.TransportError as error:
            raise self._silent(error) from error
        if answer.status_code >= 400:
            raise _refusal(answer)
        return answer

    @contextmanager
    def download(
        self, path: str, /, *, start: int = 0, **parameters: Parameter
    ) -> Iterator[tuple[int, Iterator[bytes]]]:
        """A file from byte `start` on, and at which byte it does begin, as long as the block lasts."""
        headers = {"Range": f"bytes={start}-"} if start else {}
        try:
            with self._http.stream("GET", f"/api/v1{path}", params=parameters, headers=headers) as answer:
                if answer.status_code >= 400:
                    answer.read()
                    raise _refusal(answer)
                yield start if answer.status_code == _PARTIAL else 0, answer.iter_bytes()
        except httpx.TransportError as error:
            raise self._silent(error) from error

    @contextmanager
    def call(self, app: str, inputs: CallInputs) -> Iterator[Iterator[tuple[str, Answer]]]:
        """One call as (name, data): each `output` as it comes, then `done`, as long as the block lasts."""
        request = self._http.build_request(
            "POST",
            f"/run/{app}",
            json=None if inputs.as_form else inputs.values,
            data={name: _text(value) for name, value in inputs.values.items()} if inputs.as_form else None,
            files=inputs.files or None,
            timeout=_CALL_TIMEOUT,
        )
        try:
            answer = self._http.send(request, stream=True)
            try:
                if answer.status_code >= 400:
                    answer.read()
                    raise _refusal(answer)
                yield _answers(answer)
            finally:
                answer.close()
        except httpx.TransportError as error:
            raise self._silent(error) from error

    @contextmanager
    def events(self, path: str, **parameters: Parameter) -> Iterator[Iterator[tuple[str, Answer]]]:
        """Server-sent events as (name, data), as long as the block lasts."""
        with self._http.stream("GET", f"/api/v1{path}", params=parameters, timeout=None) as answer:
            if answer.status_code >= 400:
                answer.read()
                raise _refusal(answer)
            yield _events(answer.iter_lines())

    def _ask(
        self, method: str, path: str, *, parameters: Mapping[str, Parameter] | None = None, body: str | None = None
    ) -> httpx.Response:
        headers = {} if body is None else {"Content-Type": "application/json"}
        try:
            answer = self._http.request(method, f"/api/v1{path}", params=parameters, content=body, headers=headers)
        except httpx.TransportError as error:
            raise self._silent(error) from error
        if answer.status_code >= 400:
            raise _refusal(answer)
        return answer

    def _silent(self, error: httpx.TransportError) -> Unavailable:
        return Unavailable(message("OpenMo does not answer at %(url)s: %(error)s.", url=self.url, error=str(error)))


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
    return name if "/" in name else f"{client.get('/me').read(Me).name}/{name}"


def path_of(client: ApiClient, project: str) -> str:
    """The API path of a project given as NAME or OWNER/NAME."""
    return f"/projects/{full_name(client, project)}"


def _encoded(body: BaseModel | None) -> str:
    """What was said of the request, and no defaults: another version may have others."""
    return "{}" if body is None else body.model_dump_json(exclude_unset=True, context=SENDING)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _refusal(answer: httpx.Response) -> Refused:
    try:
        found = answer.json()
    except ValueError:
        found = {}
    return Refused(found if isinstance(found, dict) else {}, answer.status_code)


def _answers(answer: httpx.Response) -> Iterator[tuple[str, Answer]]:
    if not answer.headers.get("content-type", "").startswith("text/event-stream"):
        whole = Answer(answer.read())
        yield "output", Answer(json.dumps(whole.values()["output"]))
        yield "done", whole
        return
    name = ""
    for name, value in _events(answer.iter_lines()):
        if name == "error":
            problem = value.values()
            status = problem.get("status")
            raise Refused(problem, status if isinstance(status, int) else 500)
        yield name, value
    if name != "done":
        raise Unavailable("The app's answer broke off before it was whole: call it again.")


def _events(lines: Iterator[str]) -> Iterator[tuple[str, Answer]]:
    name, data = "", ""
    for line in lines:
        if line.startswith("event: "):
            name = line[7:]
        elif line.startswith("data: "):
            data = line[6:]
        elif not line and data:
            yield name, Answer(data)
            name, data = "", ""
