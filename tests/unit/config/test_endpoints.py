"""Nobody else can be taken for the platform at an address that leads to its port."""

import contextlib
import socket
from collections.abc import Iterator

import pytest

from openmo.config.endpoints import Endpoint, PortInUse, bind, keep_other_family
from openmo.config.settings import Settings
from openmo.installation.up import Sockets, open_sockets


@pytest.fixture
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sockets]:
    """What an installation listens on."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    sockets, _ = open_sockets(Settings(data=tmp_path_factory.mktemp("data"), port=0))
    with contextlib.closing(sockets):
        yield sockets


def _listen(other: socket.socket, host: str, port: int) -> None:
    other.bind((host, port))
    other.listen()


TRIES = [
    (family, host, option)
    for family, host in (
        (socket.AF_INET6, "::1"),
        (socket.AF_INET6, "::"),
        (socket.AF_INET, "127.0.0.1"),
        (socket.AF_INET, "0.0.0.0"),
    )
    for option in (None, socket.SO_REUSEADDR, socket.SO_REUSEPORT)
]


@pytest.mark.parametrize(("family", "host", "option"), TRIES)
def test_no_socket_of_others_gets_the_callers_of_the_public_port(
    up: Sockets, family: socket.AddressFamily, host: str, option: int | None
) -> None:
    port = up.public.getsockname()[1]
    with socket.socket(family) as other:
        if option is not None:
            other.setsockopt(socket.SOL_SOCKET, option, 1)
        with pytest.raises(OSError, match="in use"):
            _listen(other, host, port)


def test_browsers_that_try_the_other_address_first_are_refused_there_and_go_on(up: Sockets) -> None:
    port = up.public.getsockname()[1]
    with socket.socket(socket.AF_INET6) as browser, pytest.raises(ConnectionRefusedError):
        browser.connect(("::1", port))
    socket.create_connection(("localhost", port), timeout=30).close()


@pytest.mark.parametrize("name", ["hub", "web", "gateway", "proxy_api"])
def test_ports_of_the_parts_stay_the_platforms_while_a_part_is_away(up: Sockets, name: str) -> None:
    """`openmo up` holds them: what a part is told, its secrets among it, reaches the part and nobody else."""
    port = getattr(up, name).getsockname()[1]
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with pytest.raises(OSError, match="in use"):
            _listen(other, "127.0.0.1", port)


def test_a_port_that_somebody_has_at_the_other_address_is_in_use(tmp_path_factory: pytest.TempPathFactory) -> None:
    try:
        squatter = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with squatter:
        port = squatter.getsockname()[1]
        with pytest.raises(PortInUse, match=str(port)):
            open_sockets(Settings(data=tmp_path_factory.mktemp("data"), port=port))
        bind(Endpoint("127.0.0.1", port)).close()  # what was bound is free again


def test_an_address_of_a_network_has_no_other() -> None:
    assert keep_other_family(Endpoint("192.0.2.7", 8000)) is None
