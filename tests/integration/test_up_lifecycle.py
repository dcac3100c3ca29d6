"""Starting, asking and stopping, around stand-ins for web, gateway and runner."""

import json
import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from support.doses import dose
from support.sign_in import sign_in
from support.up_process import COMMAND, UpProcess, gone, running, wait_for_none

from openmo.config.endpoints import load_endpoints
from openmo.core.clock import unix_now
from openmo.identity.local_token import local_token

SERVICES = {"proxy", "hub", "web", "gateway", "runner"}

pytestmark = pytest.mark.timeout(300)  # several servers start, on whatever else the machine does


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UpProcess]:
    with running(tmp_path_factory.mktemp("up") / "data") as process:
        yield process


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, check=False, timeout=150)


def test_status_names_every_process(up: UpProcess) -> None:
    status = json.loads(up.run("status", "--json").stdout)
    assert status["running"] is True
    assert status["url"] == up.url
    assert status["data"] == str(up.data)
    assert status["isolation"] in {"landlock", "bubblewrap", "none"}
    processes = {process["name"]: process for process in status["processes"]}
    assert set(processes) == SERVICES | {"up"}
    assert {process["state"] for process in processes.values()} == {"ready"}
    assert processes["up"]["pid"] == up.process.pid
    assert not any(gone(process["pid"]) for process in processes.values())


def test_requests_reach_the_right_process(up: UpProcess) -> None:
    assert httpx.get(f"{up.url}/some/page").text.startswith("web /some/page ")
    assert httpx.get(f"{up.url}/run/ann/app").text.startswith("gateway /run/ann/app ")
    assert httpx.get(f"{up.url}/hub/api").json()["version"]


def test_another_host_name_is_refused(up: UpProcess) -> None:
    assert httpx.get(f"{up.url}/", headers={"Host": "rebound.example"}).status_code == 403


def test_a_link_signs_in_once(up: UpProcess) -> None:
    link = json.loads(up.run("status", "--json").stdout)["sign_in_link"]
    with httpx.Client(base_url=up.url) as preview:
        assert preview.get(link).status_code == 200, "a preview fetches the link"
    with httpx.Client(base_url=up.url) as browser:
        assert sign_in(browser, link) == "/projects"
        assert browser.get("/hub/home").status_code == 200
        tokens = browser.get("/hub/token").text
        assert re.search(r'value="7776000"[^>]* selected="selected">90 days', tokens)
        assert "本机的命令行" in tokens
        assert browser.get(link).headers["location"] == "/sign-in", "the pages take it from here"
    with httpx.Client(base_url=up.url) as other:
        answer = other.get(link)
        assert answer.status_code == 302
        assert answer.headers["location"].startswith("/hub/login")
        page = other.get("/hub/login").text
        assert "openmo status" in page
        assert "password" not in page.lower()


def _days_left(up: UpProcess, token: str) -> float | None:
    """For how long the token is good yet; None: not at all."""
    hub, headers = f"{up.url}/hub/api", {"Authorization": f"token {token}"}
    bearer = httpx.get(f"{hub}/user", headers=headers)
    if bearer.status_code != 200:
        return None
    address = f"{hub}/users/{bearer.json()['name']}/tokens/{bearer.json()['token_id']}"
    ends = datetime.fromisoformat(httpx.get(address, headers=headers).json()["expires_at"])
    return (ends.timestamp() - unix_now()) / 86_400


@pytest.mark.parametrize(("days", "kept", "good"), [(80, True, True), (20, False, True), (3000, False, False)])
def test_the_command_lines_token_ends_and_is_renewed_in_time(
    up: UpProcess, tmp_path: Path, days: int, kept: bool, good: bool
) -> None:
    """What began with an old one may end with it; one that was good for years, as of an older OpenMo, is withdrawn."""
    account, supervisor = up.state()["account"], (up.data / "run" / "hub-supervisor-token.secret").read_text().strip()
    assert 89 < (_days_left(up, up.state()["api"]["token"]) or 0) <= 90
    made = httpx.post(
        f"{up.url}/hub/api/users/{account}/tokens",
        headers={"Authorization": f"token {supervisor}"},
        json={"note": "before", "expires_in": days * 86_400},
    ).json()["token"]
    (tmp_path / "cli-token").write_text(made)
    found = local_token(load_endpoints(up.data / "run"), tmp_path, account, supervisor)
    assert (found.secret == made, _days_left(up, made) is not None) == (kept, good)
    assert (_days_left(up, found.secret) or 0) - 30 == pytest.approx((found.renew_at - unix_now()) / 86_400, abs=0.1)


def test_a_post_without_the_page_does_notsign_in(up: UpProcess) -> None:
    link = json.loads(up.run("status", "--json").stdout)["sign_in_link"]
    key = link.partition("key=")[2]
    answer = httpx.post(f"{up.url}/hub/sign-in", data={"key": key}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    with httpx.Client(base_url=up.url) as browser:
        assert sign_in(browser, link) == "/projects", "the refused request left the link good"


def test_the_command_lines_token_is_the_local_accounts(up: UpProcess) -> None:
    state = up.state()
    answer = httpx.get(f"{up.url}/hub/api/user", headers={"Authorization": f"Bearer {state['api']['token']}"})
    assert answer.json()["name"] == state["account"]
    assert not answer.json()["admin"]
    assert (up.data / "run" / "state.json").stat().st_mode & 0o077 == 0
    assert (up.data / "run").stat().st_mode & 0o077 == 0


def test_logs_hold_no_secrets(up: UpProcess) -> None:
    secrets = {path.read_text().strip() for path in (up.data / "run").glob("*.secret")}
    secrets.add(up.state()["api"]["token"])
    assert len(secrets) >= 4
    httpx.get(f"{up.url}/hub/api/user", headers={"Authorization": f"Bearer {up.state()['api']['token']}"})
    logs = "".join(path.read_text(errors="replace") for path in (up.data / "logs").iterdir())
    assert not [secret for secret in secrets if secret in logs]


def test_a_second_up_refuses_and_names_the_first(up: UpProcess) -> None:
    second = up.run("up", "--port", "0", check=False)
    assert second.returncode == 1
    assert str(up.process.pid) in second.stderr
    assert str(up.data) in second.stderr
    detached = up.run("up", "--port", "0", "--detach", check=False)
    assert detached.returncode == 1
    assert str(up.process.pid) in detached.stderr
    assert up.all_ready()


def test_a_port_in_use_names_its_holder(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = _run("up", "--data", str(tmp_path / "d"), "--port", str(port))
    assert refused.returncode == 1
    assert str(os.getpid()) in refused.stderr
    assert "--port" in refused.stderr
    assert not (tmp_path / "d" / "run" / "state.json").exists()


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_other_machines_need_an_authenticator(tmp_path: Path, host: str) -> None:
    refused = _run("up", "--data", str(tmp_path / "d"), "--port", "0", "--host", host)
    assert refused.returncode == 2
    assert "OPENMO_AUTHENTICATOR" in refused.stderr


def test_nothing_runs_says_so(tmp_path: Path) -> None:
    status = _run("status", "--json", "--data", str(tmp_path))
    assert status.returncode == 1
    assert json.loads(status.stdout)["running"] is False
    down = _run("down", "--data", str(tmp_path))
    assert down.returncode == 0
    assert "does not run" in down.stdout


@pytest.mark.parametrize("number", dose([signal.SIGTERM], [signal.SIGTERM, signal.SIGINT]))
def test_a_signal_stops_everything(tmp_path: Path, number: signal.Signals) -> None:
    with running(tmp_path / "data") as up:
        pids = {up.pid(name) for name in SERVICES}
        up.process.send_signal(number)
        output, errors = up.process.communicate(timeout=60)
        assert up.process.returncode == 0
        assert not wait_for_none(pids, seconds=5)
        assert "OpenMo is ready" in output
        assert "Traceback" not in errors
    assert not (tmp_path / "data" / "run" / "state.json").exists()


def test_detached_it_returns_when_ready_and_goes_down(tmp_path: Path) -> None:
    data = tmp_path / "data"
    started = _run("up", "--data", str(data), "--port", "0", "--detach")
    try:
        assert started.returncode == 0, started.stderr
        assert "/hub/sign-in?key=" in started.stdout
        status = json.loads(_run("status", "--json", "--data", str(data)).stdout)
        assert {process["state"] for process in status["processes"]} == {"ready"}
    finally:
        down = _run("down", "--data", str(data))
    assert down.returncode == 0
    assert "has stopped" in down.stdout
    assert not wait_for_none({process["pid"] for process in status["processes"]}, seconds=5)


def test_a_failing_preparation_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    environment = {"STAND_IN_FAILS": "the disk is full"}
    for detach in ((), ("--detach",)):
        up = UpProcess(tmp_path / "data", "--port", "0", *detach, environment=environment)
        _, errors = up.process.communicate(timeout=60)
        assert up.process.returncode == 1
        assert "the disk is full" in errors
        assert not up.state()
        assert "Traceback" not in errors
