"""A port is a server's own when that server listens on it, and not whoever was faster."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from openmo.config.endpoints import free_port
from openmo.hub.listeners import listens

SERVER = """
import socket, sys
with socket.create_server((sys.argv[1], int(sys.argv[2]))):
    print("listens", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def server(port: int) -> Iterator["subprocess.Popen[str]"]:
    """A server below a shell, as JupyterLab is below what holds it."""
    command = ["sh", "-c", '"$@"; true', "sh", sys.executable, "-c", SERVER, "127.0.0.1", str(port)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "listens\n"
        yield process
        process.communicate()


def test_a_server_below_the_process_is_its_own(server: "subprocess.Popen[str]", port: int) -> None:
    assert listens(port, server.pid)
    assert listens(port, os.getpid())


def test_another_process_is_not(server: "subprocess.Popen[str]", port: int) -> None:
    with subprocess.Popen(["sleep", "100"]) as other:
        assert not listens(port, other.pid)
        other.kill()


def test_nobody_is_nobody(port: int) -> None:
    assert not listens(port, os.getpid())


def test_one_that_waits_at_an_address_that_nobody_asks_is_no_matter(server: "subprocess.Popen[str]", port: int) -> None:
    try:
        squatter = socket.create_server(("::1", port), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with squatter:
        assert listens(port, server.pid)
