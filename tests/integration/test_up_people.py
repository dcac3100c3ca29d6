"""An installation for several people: names, commands, and the Hub's own pages."""

from collections.abc import Iterator

import httpx
import pytest
from support.up_process import UpProcess, wait_for

pytestmark = pytest.mark.timeout(300)  # several servers start, on whatever else the machine does


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UpProcess]:
    data = tmp_path_factory.mktemp("people") / "data"
    (data / "hub").mkdir(parents=True)
    (data / "hub" / "jupyterhub_config.py").write_text("c.Authenticator.allow_all = True\n")
    process = UpProcess(data, "--port", "0", environment={"OPENMO_AUTHENTICATOR": "dummy"})
    try:
        wait_for(lambda: process.all_ready() or process.process.poll() is not None, seconds=240)
        assert process.all_ready(), process.process.communicate()
        yield process
    finally:
        process.stop()


def _sign_in(browser: httpx.Client, name: str) -> httpx.Response:
    browser.get("/hub/login")
    form = {"username": name, "password": "x", "_xsrf": browser.cookies.get("_xsrf", path="/hub/")}
    headers = {"Sec-Fetch-Site": "same-origin", "Origin": str(browser.base_url).rstrip("/")}
    return browser.post("/hub/login", data=form, headers=headers)


@pytest.fixture
def browser(up: UpProcess) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=up.url, timeout=60) as client:
        yield client


@pytest.mark.parametrize("name", ["学生", "a b", "-dash", "x" * 70, "openmo", "a/b"])
def test_whoever_cannot_have_an_account_hears_so_while_signing_in(browser: httpx.Client, name: str) -> None:
    answer = _sign_in(browser, name)
    assert answer.status_code == 403
    assert "cannot be the name of an account" in answer.text
    assert "管理员" in answer.text
    assert browser.get("/hub/home").status_code == 302, "nobody is signed in, and nobody is trapped"


def test_pages_of_a_server_without_a_project_lead_to_the_projects(browser: httpx.Client) -> None:
    assert _sign_in(browser, "Bob").status_code == 302
    for path in ("/hub/spawn", "/hub/spawn/", "/hub/spawn/bob", "/hub/user/bob/", "/hub/user/zoe/"):
        seen = browser.get(path, headers={"Sec-Fetch-Site": "none"})
        assert (seen.status_code, seen.headers.get("location")) == (302, "/workspace"), path


def test_commands_say_what_they_need(up: UpProcess) -> None:
    done = up.run("project", "list", check=False)
    assert done.returncode == 1
    for part in (f"{up.url}/hub/token", "OPENMO_URL", "OPENMO_TOKEN"):
        assert part in done.stderr
    assert "does not run" not in done.stderr


@pytest.mark.parametrize("name", ["no-such", "no.such.Class", "."])
def test_an_authenticator_that_is_not_there_is_named_at_once(up: UpProcess, name: str) -> None:
    process = UpProcess(up.data.with_name("other"), "--port", "0", environment={"OPENMO_AUTHENTICATOR": name})
    _, errors = process.process.communicate(timeout=60)
    assert process.process.returncode == 2
    assert "There is no authenticator" in errors
    assert "pam" in errors
