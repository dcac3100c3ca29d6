"""A secret that somebody hands over lies nowhere in the clear: no log, database, state file, command line or answer."""

import dataclasses
import os
from pathlib import Path
from secrets import token_hex

import httpx
import pytest
from support.installation import Installation, shared_installation, wait_for
from support.sign_in import sign_in

pytestmark = pytest.mark.timeout(600)

JOB = """
import os, pathlib, time
assert os.environ["PASSWORD"].startswith("secret-")
pathlib.Path("results/runs").touch()
while pathlib.Path("results/runs").exists():
    time.sleep(0.05)
raise ValueError("and now it fails")
"""
HANDLER = """
def handle(conf):
    return {"answer": conf["x"]}  # value_type: int
"""


@pytest.fixture(scope="module")
def openmo() -> Installation:
    return shared_installation()


@pytest.fixture(scope="module")
def project(openmo: Installation) -> str:
    name = f"secrets-{token_hex(4)}"
    openmo.cli("project", "create", name)
    workspace = openmo.workspace(name)
    (workspace / "train.py").write_text(JOB)
    (workspace / "handler.py").write_text(HANDLER)
    return name


def _where(openmo: Installation, secret: str) -> list[str]:
    """Files of the installation, and processes by their command lines, that hold the text."""
    found = [str(path) for path in openmo.data.rglob("*") if _holds(path, secret)]
    found += [str(path) for path in (openmo.log,) if _holds(path, secret)]
    return found + [str(path) for path in Path("/proc").glob("[0-9]*/cmdline") if _holds(path, secret)]


def _holds(path: Path, secret: str) -> bool:
    try:
        return path.is_file() and not path.is_symlink() and secret.encode() in path.read_bytes()
    except OSError:
        return False


def test_a_secret_of_a_job(openmo: Installation, project: str) -> None:
    secret = f"secret-{token_hex(12)}"
    giving = dataclasses.replace(openmo, environment={**openmo.environment, "PASSWORD": secret})
    made = giving.cli("job", "run", project, "train.py", "--secret", "PASSWORD")
    runs = openmo.workspace(project) / "results" / "runs"
    wait_for(runs.exists, "the job to run")
    assert _where(openmo, secret) == []
    platform = [process["pid"] for process in openmo.status()["processes"]]
    assert platform
    assert [pid for pid in platform if _holds(Path(f"/proc/{pid}/environ"), secret)] == []
    runs.unlink()
    job = str(made["number"])
    wait_for(lambda: openmo.job(project, made["number"])["state"] == "failed", "the job to end")
    shown = openmo.cli("job", "show", project, job), openmo.run("job", "logs", project, job).stdout
    assert "and now it fails" in str(shown)
    assert secret not in str(shown)
    assert _where(openmo, secret) == []


def test_a_token_of_an_app(openmo: Installation, project: str) -> None:
    openmo.cli("app", "deploy", project)
    token = str(openmo.cli("app", "token", "create", project, "--note", "a robot")["token"])
    url = str(openmo.status()["url"])
    with httpx.Client(base_url=url, timeout=60) as robot:
        bearer = {"authorization": f"Bearer {token}"}
        assert robot.post(f"/run/ada/{project}", json={"x": 1}, headers=bearer).status_code == 200
        answers = [
            robot.post(f"/run/ada/{project}?token={token}", json={"x": 1}),
            robot.get(f"/hub/api/user?token={token}"),
            robot.get(f"/run/{token}/{token}"),
            robot.get(f"/hub/login?next=/hub/home&access_token={token}"),
            robot.get(f"/projects/ada/{project}?token={token}"),
            robot.get("/api/v1/me", headers={"authorization": f"Basic {token}"}),
            robot.get("/projects", headers={"cookie": f"openmo_session={token}"}),
            robot.post(f"/run/ada/{project}", content=b"{", headers={**bearer, "content-type": "application/json"}),
        ]
    assert [
        answer.status_code for answer in answers if answer.status_code < 300 and answer.url.path != "/hub/login"
    ] == []
    assert _where(openmo, token) == []


def test_a_sign_in_link_and_the_session_that_it_gives(openmo: Installation) -> None:
    link = str(openmo.status()["sign_in_link"])
    key = link.partition("key=")[2].partition("&")[0]
    assert len(key) > 20
    with httpx.Client(base_url=str(openmo.status()["url"]), timeout=60) as browser:
        sign_in(browser, link)
        browser.get("/sign-in?next=/workspace", follow_redirects=True)
        assert browser.get("/workspace", follow_redirects=True).status_code == 200
        cookies = {cookie.name: cookie.value or "" for cookie in browser.cookies.jar}
        del cookies["jupyterhub-session-id"]  # it tells sign-ins apart, and opens nothing
        secrets = {key, *(value for value in cookies.values() if len(value) > 20)}
        again = browser.get(link)
        assert key not in again.text or again.status_code >= 400
    assert len(secrets) > 1
    assert {secret[:6]: where for secret in secrets if (where := _where(openmo, secret))} == {}


def test_secrets_of_the_platform_stand_in_their_own_files_alone(openmo: Installation) -> None:
    files = [*openmo.data.joinpath("run").glob("*.secret")]
    assert files
    for path in files:
        holders = [found for found in _where(openmo, path.read_text().strip()) if found != str(path)]
        assert holders == [], path.name
        assert path.stat().st_mode & 0o077 == 0
        assert path.stat().st_uid == os.geteuid()
