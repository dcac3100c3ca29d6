"""The identity provider and the Hub's administration, asked of a real JupyterHub."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from support.sign_in import sign_in
from support.up_process import UpProcess, running, wait_for

from openmo.config.endpoints import Endpoints, load_endpoints
from openmo.core.clock import SystemClock
from openmo.core.errors import NotFound, NotSignedIn, OpenMoError, Unavailable
from openmo.hub.endings import EndedSignIns
from openmo.identity.app_tokens import AppTokenHolder
from openmo.identity.caller import Caller
from openmo.identity.hub.admin import HubAdmin
from openmo.identity.hub.app_tokens import HubAppTokens
from openmo.identity.hub.caller import HubIdentity
from openmo.identity.servers import ServerState
from openmo.identity.service_names import CALL_SCOPE, SERVER_SCOPE, USE_WEB_SCOPE, WEB_CLIENT, call_scope
from openmo.identity.sign_in_link import new_link

LOGIN_COOKIE = "jupyterhub-hub-login"
pytestmark = pytest.mark.timeout(300)  # several servers start, on whatever else the machine does


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UpProcess]:
    with running(tmp_path_factory.mktemp("identity") / "data") as process:
        yield process


@pytest.fixture(scope="module")
def endpoints(up: UpProcess) -> Endpoints:
    return load_endpoints(up.data / "run")


def _secret(up: UpProcess, name: str) -> str:
    return (up.data / "run" / f"{name}.secret").read_text().strip()


def _ask(up: UpProcess, url: str, body: Callable[[HubIdentity], Awaitable[None]]) -> None:
    async def run() -> None:
        async with httpx.AsyncClient(base_url=url) as client:
            await body(HubIdentity(client, client_secret=_secret(up, "hub-web-token"), clock=SystemClock()))

    asyncio.run(run())


def _administer(up: UpProcess, url: str, secret: str, body: Callable[[HubAdmin], Awaitable[None]]) -> None:
    async def run() -> None:
        headers = {"Authorization": f"token {_secret(up, secret)}"}
        async with httpx.AsyncClient(base_url=url, headers=headers) as client:
            await body(HubAdmin(client))

    asyncio.run(run())


def _open_signed_in(up: UpProcess, url: str) -> httpx.Response:
    with httpx.Client(base_url=up.url) as browser:
        sign_in(browser, f"{up.url}/hub/sign-in?key={new_link(up.data / 'run', SystemClock())}")
        return browser.get(url)


def test_a_browser_signs_in_by_oauth(up: UpProcess, endpoints: Endpoints) -> None:
    async def body(identity: HubIdentity) -> None:
        start = identity.start("/projects/new?kind=app")
        answer = await asyncio.to_thread(_open_signed_in, up, start.url)
        assert answer.status_code == 302, "no question is asked: the pages are part of the platform"
        callback = urlsplit(answer.headers["location"])
        assert callback.path == "/oauth_callback"
        query = {name: values[0] for name, values in parse_qs(callback.query).items()}

        with pytest.raises(NotSignedIn):
            await identity.finish(code=query["code"], state="other", cookie_value=start.cookie_value)
        other = identity.start("/").cookie_value
        with pytest.raises(NotSignedIn):
            await identity.finish(code=query["code"], state=query["state"], cookie_value=other)
        done = await identity.finish(code=query["code"], state=query["state"], cookie_value=start.cookie_value)
        assert done.next_url == "/projects/new?kind=app"
        assert await identity.caller(done.token) == Caller(name=up.state()["account"])
        with pytest.raises(NotSignedIn):
            await identity.finish(code=query["code"], state=query["state"], cookie_value=start.cookie_value)

    _ask(up, endpoints.hub_api, body)


@pytest.mark.parametrize("cookie", ["", "x", "AAAA", "ä", "e30=" * 20, "A" * 10_000])
def test_a_forged_cookie_does_not_sign_in(up: UpProcess, endpoints: Endpoints, cookie: str) -> None:
    async def body(identity: HubIdentity) -> None:
        with pytest.raises(NotSignedIn):
            await identity.finish(code="x", state="x", cookie_value=cookie)

    _ask(up, endpoints.hub_api, body)


def test_tokens_say_who_bears_them(up: UpProcess, endpoints: Endpoints) -> None:
    async def body(identity: HubIdentity) -> None:
        account = up.state()["account"]
        assert await identity.caller(up.state()["api"]["token"]) == Caller(name=account, makes_tokens=True)
        for stranger in ("", "0" * 32, "ä", "x" * 5000, _secret(up, "hub-web-token"), _secret(up, "proxy-token")):
            assert await identity.caller(stranger) is None

    _ask(up, endpoints.hub_api, body)


def test_a_token_of_the_hubs_own_api_ends_after_90_days_unless_it_says_otherwise(up: UpProcess) -> None:
    state, lives = up.state(), []
    for body in (None, {}, {"expires_in": None}, {"expires_in": 365 * 86_400}):
        address, headers = (
            f"{up.url}/hub/api/users/{state['account']}/tokens",
            {"Authorization": f"token {state['api']['token']}"},
        )
        made = httpx.post(address, json=body, headers=headers).json()
        ends = datetime.fromisoformat(made["expires_at"]) - datetime.fromisoformat(made["created"])
        lives.append(round(ends.total_seconds() / 86_400))
    assert lives == [90, 90, 90, 365]


def test_a_servers_token_is_for_its_project_alone(up: UpProcess, endpoints: Endpoints) -> None:
    account = up.state()["account"]
    tokens: dict[str, str] = {}

    async def make(admin: HubAdmin) -> None:
        scopes = {"server": [f"{SERVER_SCOPE}{account}/demo"], "reader": [f"read:users:name!user={account}"]}
        for name, wanted in scopes.items():
            tokens[name] = await admin.user_token(account, note=name, expires_in=60, scopes=wanted)

    async def body(identity: HubIdentity) -> None:
        assert await identity.caller(tokens["server"]) == Caller(name=account, project_slug="demo")
        assert await identity.caller(tokens["reader"]) is None, "a token for something else does not open this site"

    _administer(up, endpoints.hub_api, "hub-supervisor-token", make)
    _ask(up, endpoints.hub_api, body)


def test_a_token_for_one_app_opens_nothing_else(up: UpProcess, endpoints: Endpoints) -> None:
    account, holder = up.state()["account"], _holder(up)

    async def body() -> None:
        async with httpx.AsyncClient(base_url=endpoints.hub_api) as hub, _as_web(up, endpoints) as web:
            tokens = HubAppTokens(web)
            new = await tokens.issue(holder, note="a robot", expires_in=3600)
            other = await tokens.issue(_holder(up, slug="other"), note="another", expires_in=None)
            assert [token.note for token in await tokens.issued(holder)] == ["a robot"]
            assert new.token.expires_at is not None
            assert other.token.expires_at is not None, "no token is without end"

            gateway = HubIdentity(hub, client_secret="", clock=SystemClock(), calls_apps=True)
            pages = HubIdentity(hub, client_secret="", clock=SystemClock())
            assert await gateway.caller(new.secret) == Caller(name=account, apps=frozenset({f"{account}/robot"}))
            assert await pages.caller(new.secret) is None
            await _check_opens_nothing(up, new.secret, account)

            await tokens.withdraw(holder, new.token.id)
            gateway.forget(new.secret)
            assert await gateway.caller(new.secret) is None
            for not_of_this_app in (new.token.id, other.token.id, "a0", "x", "../a1", ""):
                with pytest.raises(NotFound):
                    await tokens.withdraw(holder, not_of_this_app)
            assert await gateway.caller(other.secret) is not None

    asyncio.run(body())


def _holder(up: UpProcess, *, slug: str = "robot") -> AppTokenHolder:
    account = up.state()["account"]
    return AppTokenHolder(account=account, owner=account, slug=slug)


def _as_web(up: UpProcess, endpoints: Endpoints) -> httpx.AsyncClient:
    """The Hub's API with the web service's own token."""
    headers = {"Authorization": f"token {_secret(up, 'hub-web-token')}"}
    return httpx.AsyncClient(base_url=endpoints.hub_api, headers=headers)


async def _check_opens_nothing(up: UpProcess, secret: str, account: str) -> None:
    """Nothing of the Hub but whose it is; see the end-to-end test for pages and API."""
    async with httpx.AsyncClient(base_url=up.url, headers={"Authorization": f"Bearer {secret}"}) as robot:
        assert (await robot.get("/hub/home")).status_code in (302, 403)
        hub = f"/hub/api/users/{account}"
        assert set((await robot.get(hub)).json()) <= {"kind", "name", "admin", "groups", "user_info"}
        for method, path in (("GET", f"{hub}/tokens"), ("POST", f"{hub}/tokens"), ("DELETE", hub), ("PATCH", hub)):
            assert (await robot.request(method, path)).status_code in (403, 404), path
        assert (await robot.post(f"{hub}/servers/robot")).status_code in (403, 404)
        assert (await robot.get("/hub/api/users")).status_code == 403
        scopes = (await robot.get("/hub/api/user")).json()["scopes"]
        assert [each for each in scopes if not each.startswith("read:users:")] == [call_scope(account, "robot")]


def test_a_browsers_session_uses_the_site_and_makes_no_tokens(up: UpProcess, endpoints: Endpoints) -> None:
    account = up.state()["account"]

    async def body(identity: HubIdentity) -> None:
        token = await _session(up, identity)
        assert await identity.caller(token) == Caller(name=account, makes_tokens=False)
        async with httpx.AsyncClient(base_url=endpoints.hub_api, headers={"Authorization": f"Bearer {token}"}) as hub:
            scopes = (await hub.get("/user")).json()["scopes"]
            assert [scope for scope in scopes if not scope.startswith("read:users:")] == [USE_WEB_SCOPE]
            draft = {"note": "outlives the session", "scopes": [USE_WEB_SCOPE]}
            assert (await hub.post(f"/users/{account}/tokens", json=draft)).status_code == 403
            assert (await hub.get(f"/users/{account}/tokens")).status_code in (403, 404)

    _ask(up, endpoints.hub_api, body)


def test_an_ended_session_is_worth_nothing_to_who_has_a_copy(up: UpProcess, endpoints: Endpoints) -> None:
    async def body(identity: HubIdentity) -> None:
        token, other = await _session(up, identity), await _session(up, identity)
        assert await identity.caller(token)
        identity.end(token)
        assert await identity.caller(token) is None
        assert await identity.caller(other), "another sign-in goes on"

    _ask(up, endpoints.hub_api, body)


def test_a_copied_sign_in_lets_nobody_in_after_signing_out(up: UpProcess) -> None:
    with closing(_signed_in(up)) as browser:
        copied = {"Cookie": "; ".join(f"{each.name}={each.value}" for each in browser.cookies.jar)}
        login = str(browser.cookies[LOGIN_COOKIE])
        assert httpx.get(f"{up.url}/hub/home", headers=copied).status_code == 200
        found = wait_for(lambda: _other_browser(up, login))
        assert found is not None
        with closing(found) as other:
            browser.get("/hub/logout", headers={"Sec-Fetch-Site": "same-origin"})
            for path in ("/hub/home", "/hub/token", f"/hub/api/oauth2/authorize?client_id={WEB_CLIENT}"):
                answer = httpx.get(f"{up.url}{path}", headers=copied)
                assert answer.status_code == 302, path
                assert answer.headers["location"].startswith("/hub/login?"), path
            assert other.get("/hub/home").status_code == 200, "another browser of the same person stays signed in"
    assert EndedSignIns(up.data / "hub" / "ended-sign-ins").has_ended(login.strip('"'))


def _other_browser(up: UpProcess, login: str) -> httpx.Client | None:
    """Signed in with another cookie than that one: JupyterHub makes the same for one person in the same second."""
    browser = _signed_in(up)
    if browser.cookies[LOGIN_COOKIE] != login:
        return browser
    browser.close()
    return None


def _signed_in(up: UpProcess) -> httpx.Client:
    browser = httpx.Client(base_url=up.url)
    sign_in(browser, f"{up.url}/hub/sign-in?key={new_link(up.data / 'run', SystemClock())}")
    return browser


async def _session(up: UpProcess, identity: HubIdentity) -> str:
    """The token of a browser that has just signed in."""
    start = identity.start("/")
    answer = await asyncio.to_thread(_open_signed_in, up, start.url)
    query = {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}
    done = await identity.finish(code=query["code"], state=query["state"], cookie_value=start.cookie_value)
    return done.token


def test_a_token_may_be_for_all_apps(up: UpProcess, endpoints: Endpoints) -> None:
    account = up.state()["account"]

    async def body() -> None:
        headers = {"Authorization": f"token {_secret(up, 'hub-supervisor-token')}"}
        async with httpx.AsyncClient(base_url=endpoints.hub_api, headers=headers) as client:
            secret = await HubAdmin(client).user_token(account, note="calls", expires_in=60, scopes=[CALL_SCOPE])
        async with httpx.AsyncClient(base_url=endpoints.hub_api) as hub:
            gateway = HubIdentity(hub, client_secret="", clock=SystemClock(), calls_apps=True)
            assert await gateway.caller(secret) == Caller(name=account)
            assert await HubIdentity(hub, client_secret="", clock=SystemClock()).caller(secret) is None

    asyncio.run(body())


def test_a_withdrawn_token_is_forgotten_when_told(up: UpProcess, endpoints: Endpoints) -> None:
    account = up.state()["account"]
    made: list[str] = []

    async def make(admin: HubAdmin) -> None:
        made.append(await admin.user_token(account, note="short-lived"))

    async def body(identity: HubIdentity) -> None:
        (token,) = made
        assert await identity.caller(token)
        headers = {"Authorization": f"token {_secret(up, 'hub-supervisor-token')}"}
        async with httpx.AsyncClient(base_url=endpoints.hub_api, headers=headers) as hub:
            listed = (await hub.get(f"/users/{account}/tokens")).json()["api_tokens"]
            (number,) = [entry["id"] for entry in listed if entry["note"] == "short-lived"]
            assert (await hub.delete(f"/users/{account}/tokens/{number}")).status_code == 204
        assert await identity.caller(token), "remembered for a while"
        identity.forget(token)
        assert await identity.caller(token) is None

    _administer(up, endpoints.hub_api, "hub-supervisor-token", make)
    _ask(up, endpoints.hub_api, body)


def test_a_hub_that_is_down_is_unavailable(up: UpProcess) -> None:
    async def body(identity: HubIdentity) -> None:
        with pytest.raises(Unavailable):
            await identity.caller("0" * 32)

    _ask(up, "http://127.0.0.1:9/hub/api", body)


def test_accounts_and_servers_are_administered(up: UpProcess, endpoints: Endpoints) -> None:
    async def supervise(admin: HubAdmin) -> None:
        await admin.ensure_user("zoe")
        await admin.ensure_user("zoe")
        assert await admin.user_token("zoe", note="test")

    async def serve(admin: HubAdmin) -> None:
        assert (await admin.server("zoe", "demo")).state is ServerState.STOPPED
        assert (await admin.server("zoe", "demo")).url == "/user/zoe/demo/"
        await admin.stop_server("zoe", "demo")
        with pytest.raises(NotFound):
            await admin.server("nobody", "demo")
        assert (await admin.start_server("zoe", "unknown")).state is not ServerState.READY  # whoever waits hears why

    _administer(up, endpoints.hub_api, "hub-supervisor-token", supervise)
    _administer(up, endpoints.hub_api, "hub-web-token", serve)


def test_the_web_services_token_makes_no_accounts(up: UpProcess, endpoints: Endpoints) -> None:
    async def body(admin: HubAdmin) -> None:
        with pytest.raises(OpenMoError):
            await admin.ensure_user("intruder")

    _administer(up, endpoints.hub_api, "hub-web-token", body)


def test_the_web_service_makes_tokens_of_apps_and_no_others(up: UpProcess, endpoints: Endpoints) -> None:
    account = up.state()["account"]

    async def body() -> None:
        app = call_scope(account, "robot")
        path = f"/users/{account}/tokens"
        async with _as_web(up, endpoints) as web:
            for wanted in (None, [], [CALL_SCOPE], [app, "self"], ["self"], [USE_WEB_SCOPE], app, [1]):
                draft = {"note": "stolen", "scopes": wanted}
                assert (await web.post(path, json=draft)).status_code == 403, wanted
            assert (await web.post(path)).status_code == 403
            assert (await web.post(path, json={"scopes": [app], "roles": ["user"]})).status_code == 403
            assert (await web.post(path, json={"note": "fine", "scopes": [app]})).status_code == 201
            others = [each for each in (await web.get(path)).json()["api_tokens"] if app not in each["scopes"]]
            assert others
            assert (await web.delete(f"{path}/{others[0]['id']}")).status_code == 404

    asyncio.run(body())


FOREIGN: tuple[dict[str, str], ...] = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Referer": "http://evil.example/"},
    {},
)


def test_a_link_from_elsewhere_starts_no_server_and_signs_nobody_out(up: UpProcess) -> None:
    account = up.state()["account"]
    with httpx.Client(base_url=up.url, timeout=60) as browser:
        sign_in(browser, f"{up.url}/hub/sign-in?key={new_link(up.data / 'run', SystemClock())}")
        for headers in FOREIGN:
            for path in (f"/hub/spawn/{account}/demo?next=/x", f"/hub/spawn/{account}/other", "/hub/logout"):
                answer = browser.get(path, headers=headers)
                assert answer.status_code == 200
                assert f'id="confirm" class="btn btn-primary" href="{path.partition("?")[0]}"' in answer.text
        assert browser.get("/hub/home").status_code == 200, "still signed in"
        servers = httpx.get(
            f"{up.url}/hub/api/users/{account}", headers={"Authorization": f"token {up.state()['api']['token']}"}
        ).json()["servers"]
        assert servers == {}
        assert browser.get("/hub/logout", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 302
        assert browser.get("/hub/home").status_code == 302
        own = {"Referer": f"{up.url}/workspace"}
        assert browser.get("/hub/logout", headers=own).status_code == 302, "plain http tells by the Referer alone"


def test_an_address_with_a_line_break_is_refused_not_an_error_of_ours(up: UpProcess) -> None:
    with httpx.Client(base_url=up.url) as browser:
        sign_in(browser, f"{up.url}/hub/sign-in?key={new_link(up.data / 'run', SystemClock())}")
        for path in ("/hub/login", "/hub/sign-in", "/hub/logout"):
            for bad in ("/%0d%0aSet-Cookie:%20a=b", "/%00", "/a%0ab", "/%7f"):
                answer = browser.get(f"{path}?next={bad}", headers={"Sec-Fetch-Site": "same-origin"})
                assert answer.status_code < 500, (path, bad)
                assert "a=b" not in answer.headers.get("set-cookie", "")


def test_state_names_the_account(up: UpProcess) -> None:
    status = json.loads(up.run("status", "--json").stdout)
    assert status["account"] == up.state()["account"]
    assert Path(status["data"]) == up.data
