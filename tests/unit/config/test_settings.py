"""Settings from options and the environment; where things lie and listen."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openmo.config.endpoints import (
    ENDPOINTS_FILE,
    Endpoint,
    Endpoints,
    PortInUse,
    bind,
    hand_over,
    listening_socket,
    load_endpoints,
)
from openmo.config.settings import DataFolder, Settings, default_data_folder, load_settings
from openmo.core.errors import InvalidInput, OpenMoError, Unavailable

WORDS = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=20).filter(str.strip)


@given(
    host=WORDS,
    port=st.integers(0, 65535),
    database_url=WORDS,
    public_url=WORDS,
    samples=st.booleans(),
    allow_unsandboxed=st.booleans(),
    cpus=st.integers(0, 1000),
    low_space_mb=st.integers(0, 100_000),
    system_calls=WORDS,
)
def test_settings_reach_a_child_unchanged(**values: object) -> None:
    settings = Settings(data=Path("/data"), **values)  # type: ignore[arg-type]  # drawn by type
    assert load_settings(settings.variables()) == settings


def test_options_win_over_the_environment_and_that_over_defaults() -> None:
    environ = {"OPENMO_PORT": "9000", "OPENMO_HOST": "::1", "HOME": "/home/ada"}
    settings = load_settings(environ, port=8001, host=None)
    assert (settings.port, settings.host, settings.cpus) == (8001, "::1", 0)
    assert settings.data == Path("/home/ada/.local/share/openmo")
    assert default_data_folder({"XDG_DATA_HOME": "/x"}) == Path("/x/openmo")


def test_groups_of_system_calls_are_told_apart_by_commas() -> None:
    assert Settings(data=Path("/d")).allowed_system_calls == ()
    assert Settings(data=Path("/d"), system_calls=" keys,io_uring ,").allowed_system_calls == ("keys", "io_uring")


def test_a_number_that_is_none_names_its_variable() -> None:
    with pytest.raises(InvalidInput, match="OPENMO_PORT must be a whole number"):
        load_settings({"OPENMO_PORT": "eighty"})


def test_the_database_lies_in_the_data_folder_unless_told() -> None:
    assert Settings(data=Path("/d")).database == "sqlite:////d/openmo.sqlite"
    assert Settings(data=Path("/d"), database_url="postgresql://x").database == "postgresql://x"
    assert Settings(data=Path("/d"), authenticator="").laptop


def test_the_data_folder_is_its_owners_alone(tmp_path: Path) -> None:
    root = tmp_path / "there-before"
    root.mkdir(mode=0o755)
    folder = DataFolder(root)
    folder.prepare()
    folder.prepare()
    assert root.stat().st_mode & 0o777 == 0o700
    assert all(path.stat().st_mode & 0o777 == 0o700 for path in root.iterdir())


def test_a_secret_is_made_once_and_nobody_elses_to_read(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.prepare()
    secret = folder.secret("web")
    assert len(bytes.fromhex(secret)) == 32
    assert folder.secret("web") == secret != folder.secret("other")
    assert (folder.run / "web.secret").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [b"", b"\0" * 64, b"ab" * 16, b"z" * 64, b"\xff\xfe", None])
def test_a_damaged_secret_is_made_anew_and_what_was_there_stays_beside_it(
    tmp_path: Path, content: bytes | None
) -> None:
    folder = DataFolder(tmp_path)
    folder.prepare()
    path = folder.run / "web.secret"
    path.mkdir() if content is None else path.write_bytes(content)
    secret = folder.secret("web")
    assert len(bytes.fromhex(secret)) == 32
    assert folder.secret("web") == secret
    assert len([*folder.run.glob("web.secret.damaged-*")]) == 1


def test_a_file_in_place_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "jobs").write_text("in the way")
    with pytest.raises(OpenMoError, match="jobs must be a folder"):
        DataFolder(tmp_path).prepare()


def test_endpoints_come_back_as_saved(tmp_path: Path) -> None:
    one = Endpoint("127.0.0.1", 1)
    saved = Endpoints(public=Endpoint("0.0.0.0", 8000), proxy_api=one, hub=one, web=one, gateway=one)
    with pytest.raises(Unavailable, match="openmo up"):
        load_endpoints(tmp_path)
    (tmp_path / ENDPOINTS_FILE).write_bytes(saved.encode())
    assert load_endpoints(tmp_path) == saved
    for broken in ("", "{", "[]", '{"public": 3}', "null"):
        (tmp_path / "endpoints.json").write_text(broken)
        with pytest.raises(Unavailable, match="damaged"):
            load_endpoints(tmp_path)


@pytest.mark.parametrize(
    ("host", "url", "loopback"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000", True),
        ("0.0.0.0", "http://127.0.0.1:8000", False),
        ("::", "http://[::1]:8000", False),
        ("::1", "http://[::1]:8000", True),
        ("localhost", "http://localhost:8000", True),
        ("server.example", "http://server.example:8000", False),
    ],
)
def test_an_endpoint_knows_its_address(host: str, url: str, loopback: bool) -> None:
    assert (Endpoint(host, 8000).url, Endpoint(host, 8000).loopback) == (url, loopback)


def test_a_port_in_use_is_said_so() -> None:
    with bind(Endpoint("127.0.0.1", 0)) as listener, pytest.raises(PortInUse) as refused:
        bind(Endpoint("127.0.0.1", listener.getsockname()[1]))
    assert refused.value.fields["host"] == "127.0.0.1"


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70000), ("127.0.0.1", -1), ("no such host.invalid", 0)])
def test_what_is_no_address_is_said_so(host: str, port: int) -> None:
    with pytest.raises(OpenMoError):
        bind(Endpoint(host, port))


def test_a_socket_is_handed_over_once() -> None:
    listener = bind(Endpoint("127.0.0.1", 0))
    environ = {"OPENMO_LISTEN_WEB": str(os.dup(listener.fileno()))}
    taken = listening_socket("web", Endpoint("127.0.0.1", 0), environ)
    assert taken.getsockname() == listener.getsockname()
    assert not taken.get_inheritable()
    assert environ == {}
    with listening_socket("web", Endpoint("127.0.0.1", 0), environ) as own:
        assert own.getsockname() != listener.getsockname()
    assert hand_over("web", listener) == {"OPENMO_LISTEN_WEB": str(listener.fileno())}
    listener.close()
    taken.close()


def test_on_a_laptop_pages_have_the_names_of_this_machine_alone() -> None:
    """So that no foreign name that is made to point here reaches them."""
    assert Settings(data=Path("/data")).allowed_hosts == ("127.0.0.1", "localhost", "[::1]")
    assert Settings(data=Path("/data"), authenticator="pam").allowed_hosts == ()
