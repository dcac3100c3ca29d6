"""What is made of the Hub's answers, and of those that do not come."""

import asyncio
from collections.abc import Callable

import httpx
import pytest
from support.clocks import ManualClock

from openmo.core.errors import NotSignedIn, StorageFull, Unavailable
from openmo.identity.app_tokens import AppTokenHolder
from openmo.identity.hub.admin import HubAdmin
from openmo.identity.hub.app_tokens import HubAppTokens
from openmo.identity.hub.caller import HubIdentity
from openmo.identity.servers import ServerState

Answer = Callable[[httpx.Request], httpx.Response]


def _client(answer: Answer) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url="http://hub", transport=httpx.MockTransport(answer))


def _busy(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("busy", request=request)


def _away(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("away", request=request)


def _nobody(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(403, json={"message": "Missing or invalid credentials."})


FAILURES: list[Answer] = [
    lambda _: httpx.Response(403, json={"status": 403, "message": None}),
    lambda _: httpx.Response(403, text="<html>a proxy of somebody else's</html>"),
    lambda _: httpx.Response(404, json={"message": "Not Found"}),
    lambda _: httpx.Response(500, json={"message": "Internal Server Error"}),
    lambda _: httpx.Response(503, json={"message": "The Hub cannot use its database"}),
    _busy,
    _away,
]


@pytest.mark.parametrize("failure", FAILURES)
def test_a_hub_that_fails_makes_no_token_unknown_and_is_asked_again(failure: Answer) -> None:
    answers = [failure, _nobody]

    def answer(request: httpx.Request) -> httpx.Response:
        return answers[0](request)

    async def run() -> None:
        async with _client(answer) as client:
            identity = HubIdentity(client, client_secret="x", clock=ManualClock())
            with pytest.raises(Unavailable) as refused:
                await identity.caller("token")
            assert refused.value.retry_after >= 1
            answers.pop(0)
            assert await identity.caller("token") is None

    asyncio.run(run())


@pytest.mark.parametrize(
    ("status", "error"),
    [(500, Unavailable), (503, Unavailable), (507, StorageFull), (404, Unavailable), (400, NotSignedIn)],
)
def test_a_sign_in_that_the_hub_cannot_write_is_not_called_wrong(status: int, error: type[Exception]) -> None:
    async def run() -> None:
        async with _client(lambda _: httpx.Response(status, json={"error": "x"})) as client:
            identity = HubIdentity(client, client_secret="x", clock=ManualClock())
            start = identity.start("/")
            state = httpx.URL(start.url).params["state"]
            with pytest.raises(error):
                await identity.finish(code="code", state=state, cookie_value=start.cookie_value)

    asyncio.run(run())


def test_a_hub_that_is_busy_starts_the_server_all_the_same() -> None:
    async def run() -> None:
        async with _client(_busy) as client:
            server = await HubAdmin(client).start_server("ada", "digits-1")
            assert (server.state, server.url) == (ServerState.STARTING, "/user/ada/digits-1/")
            with pytest.raises(Unavailable, match="busy"):
                await HubAdmin(client).stop_server("ada", "digits-1")
        async with _client(_away) as client:
            with pytest.raises(Unavailable, match="does not answer"):
                await HubAdmin(client).start_server("ada", "digits-1")

    asyncio.run(run())


def test_a_full_disk_of_the_hub_is_said_as_such_whatever_is_wanted_of_it() -> None:
    holder = AppTokenHolder(account="ada", owner="ada", slug="digits-1")

    async def run() -> None:
        async with _client(lambda _: httpx.Response(507, json={"message": "The disk is full."})) as client:
            for wanted in (
                HubAdmin(client).start_server("ada", "digits-1"),
                HubAdmin(client).ensure_user("ada"),
                HubAppTokens(client).issue(holder, note="", expires_in=None),
            ):
                with pytest.raises(StorageFull):
                    await wanted

    asyncio.run(run())
