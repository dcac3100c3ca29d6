"""A served app as its owner and its callers meet it: through the proxy of a real OpenMo."""

import asyncio
import signal
from collections.abc import Iterator
from os import kill
from typing import Any

import httpx
import pytest
from mcp.client.client import Client
from support.installation import Installation, running, wait_for

from openmo.config.settings import DataFolder
from openmo.installation.state import load_running

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

NAME = "served"
HANDLER = """
import time
def handle(conf):
    x = conf["x"]  # value_type: int # description: any number
    print("asked for", x)
    if x < 0:
        raise ValueError("x is negative")
    time.sleep(x / 1000)
    return {"version": "VERSION"}  # value_type: str
"""


class Owner:
    """Ada's way to the API and to her app."""

    def __init__(self, openmo: Installation) -> None:
        self._openmo = openmo
        running = load_running(DataFolder(openmo.data))
        assert running is not None
        api = running.api
        assert api
        self.url = api.url
        self.api = httpx.Client(
            base_url=f"{self.url}/api/v1/projects/ada/{NAME}", headers={"authorization": f"Bearer {api.token}"}
        )
        self.stranger = httpx.Client(base_url=self.url, timeout=60)

    def deploy(self, version: str) -> None:
        (self._openmo.workspace(NAME) / "handler.py").write_text(HANDLER.replace("VERSION", version))
        self._openmo.cli("app", "deploy", NAME, "--version", version)

    def call(self, x: int = 1, headers: dict[str, str] | None = None) -> httpx.Response:
        return self.stranger.post(f"/run/ada/{NAME}", json={"x": x}, headers=headers)

    def answers(self, version: str) -> bool:
        response = self.call()
        return bool(response.status_code == 200 and response.json()["release"] == version)


@pytest.fixture(scope="module")
def openmo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One of its own, since its gateway is killed."""
    with running(tmp_path_factory.mktemp("openmo"), "--no-samples") as installation:
        yield installation


@pytest.fixture(scope="module")
def owner(openmo: Installation) -> Iterator[Owner]:
    openmo.cli("project", "create", NAME, "--public")
    owner = Owner(openmo)
    owner.deploy("1.0.0")
    yield owner
    owner.api.close()
    owner.stranger.close()


def test_rolling_back_and_forward(owner: Owner) -> None:
    owner.deploy("1.1.0")
    wait_for(lambda: owner.answers("1.1.0"), "the new release")
    assert owner.api.post("/releases/1.0.0/activate").status_code == 200
    wait_for(lambda: owner.answers("1.0.0"), "the old release")
    assert owner.api.post("/releases/1.1.0/activate").status_code == 200
    wait_for(lambda: owner.answers("1.1.0"), "the new release")


def test_access_by_link(owner: Owner) -> None:
    link = owner.api.patch("/app/settings", json={"access": "link"}).json()["link"]
    wait_for(lambda: owner.call().status_code == 404, "the app to be hidden")
    assert owner.stranger.post(link, json={"x": 1}).status_code == 200
    owner.api.patch("/app/settings", json={"access": "project"})
    wait_for(lambda: owner.call().status_code == 200, "the app to be open again")


@pytest.mark.deep("waits half a minute, until a withdrawn token is forgotten")
def test_a_token_for_one_app(owner: Owner, openmo: Installation) -> None:
    made = openmo.cli("app", "token", "create", NAME, "--note", "a robot")
    robot = {"authorization": f"Bearer {made['token']}"}
    owner.api.patch("/app/settings", json={"access": "private"})
    wait_for(lambda: owner.call().status_code == 404, "the app to be closed")
    assert owner.call(headers=robot).status_code == 200
    for path in ("/api/v1/me", f"/api/v1/projects/ada/{NAME}", f"/projects/ada/{NAME}", "/"):
        assert owner.stranger.get(path, headers=robot).status_code == 401, path
    assert owner.stranger.post("/api/v1/projects", json={"title": "Mine"}, headers=robot).status_code == 401

    assert [token["note"] for token in openmo.cli("app", "token", "list", NAME)["items"]] == ["a robot"]
    openmo.cli("app", "token", "revoke", NAME, made["id"])
    assert openmo.cli("app", "token", "list", NAME)["items"] == []
    assert owner.stranger.get("/hub/api/user", headers=robot).status_code == 403
    wait_for(lambda: owner.call(headers=robot).status_code == 404, "the token to be forgotten", 60, every=1)
    owner.api.patch("/app/settings", json={"access": "project"})
    wait_for(lambda: owner.call().status_code == 200, "the app to be open again")


def test_figures_failures_and_the_log_reach_the_owner(owner: Owner) -> None:
    assert owner.call(-1).status_code == 500
    wait_for(lambda: owner.api.get("/app/stats").json()["total"]["errors"] > 0, "the figures")
    stats = owner.api.get("/app/stats?by=day").json()
    assert stats["total"]["calls"] > stats["total"]["errors"]
    assert stats["total"]["p50_ms"] > 0
    failed = owner.api.get("/app/calls").json()["items"][0]
    assert (failed["message"], failed["inputs"]) == ("ValueError: x is negative", None)
    assert "in handle" in failed["trace"]
    assert "asked for -1" in owner.api.get("/app/log").text
    assert owner.stranger.get(f"/api/v1/projects/ada/{NAME}/app/log").status_code == 401


def test_an_app_is_a_tool(owner: Owner) -> None:
    async def use() -> Any:
        async with Client(f"{owner.url}/mcp") as client:
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            schema = tools[f"ada__{NAME}"].input_schema
            assert schema["properties"]["x"]["description"] == "any number"
            return await client.call_tool(f"ada__{NAME}", {"x": 1})

    result = asyncio.run(use())
    assert set(result.structured_content) == {"version"}


def test_a_killed_gateway_owns_up_to_lost_calls(owner: Owner, openmo: Installation) -> None:
    location = owner.call(20_000, {"prefer": "respond-async"}).headers["location"]
    assert owner.stranger.get(location).json()["status"] == "running"
    kill(openmo.process("gateway")["pid"], signal.SIGKILL)
    wait_for(lambda: owner.stranger.get(location).status_code == 410, "the gateway to come back")
    assert owner.stranger.get(location).json()["code"] == "call_gone"
    assert owner.call().status_code == 200
