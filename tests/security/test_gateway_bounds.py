"""Hostile requests cost a refusal; a handler sees its own release and nothing of the platform."""

import json
import os
import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest
from support.served_apps import QUICK, ServedApps, served

from openmo.serving.directory import DeployedRelease

ADDER = "def handle(conf):\n    return {'ret': conf['x'] + 1}\n"


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApps]:
    os.environ["OPENMO_TEST_SECRET"] = "canary-7f3a"
    with served(tmp_path_factory.mktemp("bounds")) as running:
        yield running
    del os.environ["OPENMO_TEST_SECRET"]


@pytest.fixture(scope="module")
def adder(apps: ServedApps) -> DeployedRelease:
    limits = replace(QUICK, body_bytes=1 << 20)
    return apps.deploy(ADDER, app="adder", inputs={"x": "int"}, outputs={"ret": "int"}, limits=limits)


def raw(apps: ServedApps, data: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", apps.port), timeout=20) as connection:
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        answer = b""
        try:
            while piece := connection.recv(65536):
                answer += piece
        except OSError:
            pass
        return answer


def test_endless_headers_are_cut(apps: ServedApps) -> None:
    answer = raw(apps, b"POST /run/ada/adder HTTP/1.1\r\nhost: x\r\n" + b"a: " + b"b" * (4 << 20))
    assert b"200 OK" not in answer
    many = b"".join(b"h%d: v\r\n" % number for number in range(100_000))
    assert b"200 OK" not in raw(apps, b"POST /run/ada/adder HTTP/1.1\r\nhost: x\r\n" + many + b"\r\n")


@pytest.mark.parametrize(
    "head",
    [
        b"POST /run/ada/adder HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        b"POST /run/ada/adder HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}",
        b"POST /run/ada/adder HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}",
        b"POST /run/ada/adder HTTP/9.9\r\n\r\n",
        b"\x00\x01\x02\r\n\r\n",
        b"GET http://169.254.169.254/ HTTP/1.1\r\nhost: 169.254.169.254\r\n\r\n",
    ],
)
def test_malformed_requests_are_refused(apps: ServedApps, adder: DeployedRelease, head: bytes) -> None:
    assert b"200 OK" not in raw(apps, head)
    assert apps.output(adder, {"x": 1}) == {"ret": 2}


def test_upgrades_are_not_accepted(apps: ServedApps, adder: DeployedRelease) -> None:
    head = b"GET /run/ada/adder HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
    key = b"sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    assert b"101 Switching" not in raw(apps, head + key)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=" + "b" * 200, b"x"),
        ("multipart/form-data; boundary=b", b"--b\r\n"),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"),
        ("multipart/form-data; boundary=b", b"--b" + b"-" * 500_000),
        ("multipart/form-data; boundary=b", b"--b\r\n" + b"A: b\r\n" * 1000 + b"\r\nx\r\n--b--\r\n"),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: " + b"x" * 100_000),
        (
            "multipart/form-data; boundary=b",
            b"--b\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n" * 5000 + b"--b--\r\n",
        ),
        ("application/x-www-form-urlencoded", b"&".join(b"x=1" for _ in range(10_000))),
        ("application/x-www-form-urlencoded", b"\xff=\xfe"),
    ],
)
def test_hostile_forms_are_refused(apps: ServedApps, adder: DeployedRelease, content_type: str, body: bytes) -> None:
    response = apps.call(adder, content=body, headers={"content-type": content_type})
    assert response.status_code in (413, 422), response.text
    assert len(response.content) < 4096


def test_a_refusal_repeats_little_of_what_was_sent(apps: ServedApps, adder: DeployedRelease) -> None:
    hostile = {f"<script>{number}": "x" * 1000 for number in range(500)}
    response = apps.call(adder, {**hostile, "x": "<img onerror=alert(1)>" * 1000})
    assert response.status_code == 422
    assert len(response.content) < 40_000
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path", ["/run/ada/adder/../../gateway", "/run/%2e%2e/adder", "/run/ada/adder;x", "/run/ada/adder%00"]
)
def test_odd_paths_find_nothing(apps: ServedApps, adder: DeployedRelease, path: str) -> None:
    head = f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ncontent-type: application/json\r\n\r\n{{}}"
    answer = raw(apps, head.encode())
    assert answer.split(b" ", 2)[1] in (b"404", b"400", b"405")


SPY = """
import os, sys, json
def handle(conf):
    found = {"environment": dict(os.environ), "read": [], "descriptors": [], "written": []}
    for path in conf["paths"]:
        try:
            os.listdir(path) if os.path.isdir(path) else open(path, "rb").read(10)
            found["read"].append(path)
        except OSError:
            pass
        try:
            target = os.path.join(path, "planted") if os.path.isdir(path) else path
            open(target, "ab").close()
            found["written"].append(path)
        except OSError:
            pass
    for name in os.listdir("/proc/self/fd"):
        try:
            found["descriptors"].append(os.readlink(f"/proc/self/fd/{name}"))
        except OSError:
            pass
    return {"found": json.dumps(found)}
"""


def test_a_handler_sees_its_release_and_nothing_of_the_platform(apps: ServedApps, adder: DeployedRelease) -> None:
    spy = apps.deploy(SPY, inputs={"paths": "[str]"}, outputs={"found": "str"}, files={"model.pkl": b"weights"})
    secret = apps.root / "pool" / "workers" / "secret.txt"  # beside the handler's own folder
    secret.write_text("of another worker")
    forbidden = [
        str(adder.folder),
        str(adder.folder / "handler.py"),
        str(apps.root / "gateway"),
        str(apps.root / "pool" / "logs"),
        str(secret),
        "/etc/shadow",
        f"/proc/{os.getpid()}/environ",
        f"/proc/{os.getppid()}/root",
        "/var/lib",
    ]
    own = str(spy.folder / "model.pkl")
    found = json.loads(apps.output(spy, {"paths": [*forbidden, own, "model.pkl"]})["found"])
    assert set(found["read"]) == {own, "model.pkl"}
    assert found["written"] == []
    assert "canary-7f3a" not in json.dumps(found["environment"])
    assert not [name for name in found["environment"] if name.startswith("OPENMO") or "TOKEN" in name]
    kinds = {name.partition(":")[0] for name in found["descriptors"]}
    assert kinds <= {"/dev/null", "pipe", "socket"} | {each for each in kinds if each.startswith("/proc")}
    assert len([name for name in found["descriptors"] if name.startswith("socket")]) == 1


def test_signals_reach_nobody_else(apps: ServedApps) -> None:
    release = apps.deploy(
        """
        import os
        def handle(conf):
            reached = []
            for pid in conf["pids"]:
                try:
                    os.kill(pid, 0)
                    reached.append(pid)
                except OSError:
                    pass
            return {"reached": reached}
        """,
        inputs={"pids": "[int]"},
        outputs={"reached": "[int]"},
    )
    assert apps.output(release, {"pids": [1, os.getpid(), os.getppid()]}) == {"reached": []}


@pytest.mark.parametrize(
    "name",
    ["x'); import os; os.abort() #", '"""', "a\nb", "__proto__", "${jndi:ldap://x}", "<b>", "键", "self", "conf"],
)
def test_hostile_parameter_names_are_only_names(apps: ServedApps, name: str) -> None:
    source = "def handle(conf):\n    return conf\n"
    release = apps.deploy(source, inputs={name: "str"}, outputs={name: "str"})
    assert apps.output(release, {name: "value"}) == {name: "value"}
    document = apps.client.get(f"/run/{release.owner}/{release.app}/openapi.json").json()
    assert json.dumps(document).count("value_type") == 0
