"""`openmo module` against the real REST API of the tests' own process."""

from collections.abc import Callable, Iterator

import httpx
import pytest
from click.testing import CliRunner, Result
from support.asgi import Client
from support.identity import MemoryIdentity
from support.platform import Platform

from openmo.cli.client import ApiClient
from openmo.cli.main import cli

Run = Callable[..., Result]


class Wire(httpx.BaseTransport):
    """What a command sends reaches the application of the test."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        headers = {name: value for name, value in request.headers.items() if name in ("authorization", "content-type")}
        path = request.url.raw_path.decode()
        answer = self._client.ask(request.method, path, headers=headers, body=request.read())
        return httpx.Response(answer.status, headers=answer.headers, content=answer.body)


@pytest.fixture
def run(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Runs a command as ada; what she answers to questions is `says`."""
    identity = MemoryIdentity()
    client = Client(platform.app(identity))
    made = ApiClient.__init__

    def wired(self: ApiClient, url: str, token: str) -> None:
        made(self, url, token)
        self._http = httpx.Client(base_url=url, headers=self._http.headers, transport=Wire(client))

    monkeypatch.setattr(ApiClient, "__init__", wired)
    monkeypatch.setenv("OPENMO_URL", "http://openmo.test")
    monkeypatch.setenv("OPENMO_TOKEN", identity.token("ada"))

    def invoke(*arguments: str, says: str = "") -> Result:
        return CliRunner().invoke(cli, ["module", *arguments], input=says)

    yield invoke
    client.close()
