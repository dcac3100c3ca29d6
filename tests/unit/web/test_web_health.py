"""`/health` of the web service, over its real database and a Hub that answers or does not."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from support.asgi import Client, cookie
from support.clocks import ManualClock
from support.identity import MemoryIdentity
from support.platform import Platform

from openmo.bootstrap.parts import parts_behind
from openmo.config.endpoints import Endpoint, Endpoints
from openmo.core.health import HealthCheck
from openmo.db.engine import Database

_HERE = Endpoint("127.0.0.1", 1)
_ENDPOINTS = Endpoints(public=_HERE, proxy_api=_HERE, hub=_HERE, web=_HERE, gateway=_HERE)


@pytest.fixture
def identity() -> MemoryIdentity:
    return MemoryIdentity()


@pytest.fixture
def client(platform: Platform, identity: MemoryIdentity) -> Iterator[Client]:
    client = Client(platform.app(identity))
    yield client
    client.close()


def test_health_is_for_anyone_and_needs_no_session(client: Client, identity: MemoryIdentity) -> None:
    for headers in ({}, cookie(identity.token("ada")), {"authorization": "Bearer unknown"}):
        answer = client.get("/health", headers=headers)
        assert (answer.status, answer.json["status"]) == (200, "ok")
        assert answer.headers["cache-control"] == "no-store"


def _health(database: Database, hub: httpx.MockTransport) -> dict[str, str]:
    async def read() -> dict[str, str]:
        async with httpx.AsyncClient(transport=hub) as client:
            found = await HealthCheck(parts_behind(database, client, _ENDPOINTS), ManualClock()).read()
            return dict(found.parts)

    return asyncio.run(read())


def _answers(status: int) -> httpx.MockTransport:
    return httpx.MockTransport(lambda request: httpx.Response(status if request.url.path == "/hub/health" else 404))


def _refuse(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


def test_it_asks_the_database_and_the_hub(platform: Platform) -> None:
    assert _health(platform.database, _answers(200)) == {"database": "ok", "hub": "ok"}
    assert "status 500" in _health(platform.database, _answers(500))["hub"]
    assert "does not answer" in _health(platform.database, httpx.MockTransport(_refuse))["hub"]


def test_a_database_that_is_away_is_said_without_its_address(tmp_path: Path) -> None:
    away = Database(f"sqlite:///{tmp_path / 'secret-folder' / 'openmo.sqlite'}")
    found = _health(away, _answers(200))
    assert found["hub"] == "ok"
    assert "The database cannot" in found["database"]
    assert "secret-folder" not in found["database"]
