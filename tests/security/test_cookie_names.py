"""Over https the site's cookies have names that no other host and no page without TLS can set."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.asgi import Client
from support.identity import MemoryIdentity
from support.platform import Platform

from openmo.db.engine import Database

HTTPS = {"x-forwarded-proto": "https"}


@pytest.fixture
def identity() -> MemoryIdentity:
    return MemoryIdentity()


@pytest.fixture
def client(migrated_sqlite: Path, tmp_path: Path, identity: MemoryIdentity) -> Iterator[Client]:
    (tmp_path / "site.sqlite").write_bytes(migrated_sqlite.read_bytes())
    database = Database(f"sqlite:///{tmp_path / 'site.sqlite'}")
    client = Client(Platform(database, tmp_path / "data").app(identity))
    yield client
    client.close()
    database.close()


def _signed_in(client: Client, identity: MemoryIdentity, scheme: dict[str, str]) -> str:
    """The cookie of a browser that has signed in, as it was set."""
    begun = client.get("/sign-in", headers=scheme)
    state, given = begun.headers["location"].partition("state=")[2], begun.headers["set-cookie"].partition(";")[0]
    code = identity.code(identity.token("ada"))
    done = client.get(f"/oauth_callback?code={code}&state={state}", headers={**scheme, "cookie": given})
    return done.headers["set-cookie"]


def test_a_session_over_https_is_one_hosts(client: Client, identity: MemoryIdentity) -> None:
    given = _signed_in(client, identity, HTTPS)
    pair, _, attributes = given.partition(";")
    assert pair.startswith("__Host-openmo_session=")
    assert {"path=/", "secure", "httponly"} <= {each.strip().lower() for each in attributes.split(";")}
    assert "domain" not in attributes.lower()
    assert client.get("/workspace", headers={**HTTPS, "cookie": pair}).status == 200


def test_what_another_host_could_have_set_is_no_session(client: Client, identity: MemoryIdentity) -> None:
    token = identity.token("ada")
    answer = client.get("/workspace", headers={**HTTPS, "cookie": f"openmo_session={token}", "accept": "text/html"})
    assert answer.status in (303, 401)
    begun = client.get("/sign-in", headers=HTTPS)
    state = begun.headers["location"].partition("state=")[2]
    tossed = {**HTTPS, "cookie": f"openmo-state={state}"}
    refused = client.get(f"/oauth_callback?code={identity.code(token)}&state={state}", headers=tossed)
    assert refused.status == 401


def test_without_tls_names_are_plain_as_browsers_demand(client: Client, identity: MemoryIdentity) -> None:
    pair = _signed_in(client, identity, {}).partition(";")[0]
    assert pair.startswith("openmo_session=")
    assert client.get("/workspace", headers={"cookie": pair}).status == 200
