"""What looks like an address or a path in a call of an app, by HTTP or as a tool, is fetched and opened by nobody."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from mcp.client.client import Client
from support.served_apps import ServedApps, served

SIZE = """
import os
def handle(conf):
    return {"size": os.path.getsize(conf["photo"]) if conf["photo"] else -1}
"""


class Canary:
    """Notes that somebody connected."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.visits = 0
        threading.Thread(target=self._wait, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def _wait(self) -> None:
        try:
            while True:
                visit = self.listener.accept()[0]
                self.visits += 1
                visit.close()
        except OSError:
            return


@pytest.fixture(scope="module")
def canary() -> Iterator[Canary]:
    made = Canary()
    yield made
    made.listener.close()


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApps]:
    with served(tmp_path_factory.mktemp("fetching")) as running:
        running.deploy(SIZE, app="size", inputs={"photo": "img"}, outputs={"size": "int"})
        yield running


def _texts(canary: Canary) -> list[str]:
    hosts = ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "user@127.0.0.1")
    urls = [f"{scheme}://{host}:{canary.port}/x.png" for scheme in ("http", "https", "ftp", "HTTP") for host in hosts]
    here = Path(__file__).resolve()
    return [*urls, f"file://{here}", f"file:{here}", str(here), "../handler.py", "handler.py", f"url:{urls[0]}", "~/x"]


def test_no_call_fetches_or_opens_what_it_names(apps: ServedApps, canary: Canary) -> None:
    for text in _texts(canary):
        sent = {"photo": text}
        for answer in (apps.client.post("/run/ada/size", json=sent), apps.client.post("/run/ada/size", data=sent)):
            assert answer.status_code == 422, text
            assert "size" not in answer.json().get("output", {})
    assert canary.visits == 0


def test_no_tool_does(apps: ServedApps, canary: Canary) -> None:
    async def call() -> list[bool]:
        async with Client(f"{apps.url}/mcp") as client:
            answers = [await client.call_tool("ada__size", {"photo": text}) for text in _texts(canary)]
        return [bool(answer.is_error) for answer in answers]

    assert all(asyncio.run(call()))
    assert canary.visits == 0


def test_a_visit_is_noticed() -> None:
    """Else the others would show nothing."""
    canary = Canary()
    with socket.create_connection(("127.0.0.1", canary.port)) as visit:
        assert visit.recv(1) == b""
    assert canary.visits == 1
    canary.listener.close()
