"""The network to PostgreSQL is cut: packets vanish, no connection ends. Whoever asks hears it, and all comes back."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from support.cut_network import Wire, wire_to
from support.database import PostgresPool
from support.platform import HANDLER, Platform
from support.processes import wait_for
from support.served_apps import ServedApps, served
from support.served_pages import served_pages
from support.web_site import Site

from openmo.apps.directory import CachedAppDirectory
from openmo.core.clock import SystemClock
from openmo.core.errors import Unavailable
from openmo.core.states import JobState
from openmo.core.visibility import Visibility
from openmo.db import postgres
from openmo.db.engine import Database
from openmo.web.security import SESSION_COOKIE

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]
READ = ("/", "/workspace", "/projects/ada/digits", "/projects/ada/digits/jobs", "/datasets")
_takes_long = pytest.mark.deep("waits for seconds")
FOR_EVER = 3600.0
SHORT = 0.3


@dataclass(frozen=True)
class Cut:
    """A platform whose database is behind a wire."""

    wire: Wire
    platform: Platform
    patch: pytest.MonkeyPatch

    def cut(self, seconds: float = SHORT) -> None:
        """From here on nothing passes, and answers are waited for so long."""
        for name in ("READ_SECONDS", "WRITE_SECONDS"):
            self.patch.setattr(postgres, name, seconds)
        self.patch.setattr(postgres, "CONNECT_SECONDS", 2)
        self.wire.cut()

    def mend(self) -> None:
        """All passes again, and a loaded machine has its time."""
        for name in ("READ_SECONDS", "WRITE_SECONDS", "CONNECT_SECONDS"):
            self.patch.setattr(postgres, name, 60)
        self.wire.mend()


@pytest.fixture
def far(tmp_path: Path, migrated_postgres: PostgresPool, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cut]:
    """It has an app and no job."""
    url = migrated_postgres.take()
    with wire_to(url) as (wire, through):
        database = Database(through)
        platform = Platform(database, tmp_path / "data", clock=SystemClock())
        project = platform.project("ada", "digits", files={"handler.py": HANDLER, "train.py": "print(1)"})
        platform.projects.update(platform.actor("ada"), project, visibility=Visibility.PUBLIC)
        platform.apps.deploy(platform.actor("ada"), project)
        cut = Cut(wire, platform, monkeypatch)
        yield cut
        cut.mend()
        database.close()
    migrated_postgres.give_back(url)


@dataclass(frozen=True)
class Pages:
    """A site over that platform, as ada sees it."""

    url: str
    token: str

    def get(self, path: str) -> httpx.Response:
        cookies = {"Cookie": f"{SESSION_COOKIE}={self.token}", "Accept": "text/html"}
        return httpx.get(f"{self.url}{path}", headers=cookies, timeout=120)

    def api(self, method: str, path: str, **content: object) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.request(method, f"{self.url}/api/v1{path}", headers=headers, timeout=120, **content)  # type: ignore[arg-type]  # a body

    def submit(self) -> httpx.Response:
        return self.api("POST", "/projects/ada/digits/jobs", json={"script": "train.py"})


@pytest.fixture
def pages(far: Cut) -> Iterator[Pages]:
    site = Site(far.platform)
    with served_pages(far.platform.app(site.identity, hosts=("127.0.0.1",))) as url:
        yield Pages(url, site.identity.token("ada"))


@_takes_long
def test_pages_and_api_say_that_the_database_does_not_answer_and_come_back(far: Cut, pages: Pages) -> None:
    assert {pages.get(path).status_code for path in READ} == {200}
    far.cut()
    with ThreadPoolExecutor(12) as pool:
        seen = [pool.submit(pages.get, path) for path in READ]
        asked = [pool.submit(pages.submit) for _ in range(4)]
        answers = [each.result() for each in seen + asked]
    assert {answer.status_code for answer in answers} == {503}
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in answers)
    refused = pages.submit()
    assert refused.json()["code"] == "unavailable"
    assert "database does not answer" in refused.json()["detail"]
    assert "database does not answer" in pages.get("/workspace").text
    far.mend()
    wait_for(lambda: pages.get("/workspace").status_code == 200)
    assert {pages.get(path).status_code for path in READ} == {200}
    before = len(pages.api("GET", "/projects/ada/digits/jobs").json()["items"])
    assert pages.submit().status_code == 201
    assert len(pages.api("GET", "/projects/ada/digits/jobs").json()["items"]) == before + 1


@_takes_long
def test_the_runner_says_so_goes_round_and_loses_nothing(far: Cut) -> None:
    platform = far.platform
    job = platform.submit(platform.projects.by_name("ada", "digits"), "train.py")
    runner = platform.runner()
    far.cut()
    runner._round()
    assert "does not answer" in runner.problem
    far.mend()
    wait_for(lambda: runner._round() and not runner.problem)
    wait_for(lambda: runner._round() and platform.job(job).state is not JobState.PENDING)


@pytest.fixture
def apps(far: Cut, tmp_path: Path) -> Iterator[ServedApps]:
    directory = CachedAppDirectory(far.platform.apps, SystemClock())
    with served(tmp_path / "served", directory=directory, records=far.platform.call_records) as running:
        yield running


def test_a_database_that_never_answers_holds_up_no_call_of_an_app_that_is_known(far: Cut, apps: ServedApps) -> None:
    """The gateway answers everybody on one event loop: whatever waits there would never end here."""

    def call(app: str = "digits", value: int = 1) -> httpx.Response:
        return httpx.post(f"{apps.url}/run/ada/{app}", json={"a": value}, timeout=120)

    assert call().json()["output"] == {"b": 1}
    far.cut(FOR_EVER)
    with ThreadPoolExecutor(10) as pool:
        unknown = [pool.submit(call, f"never-asked-{number}") for number in range(9)]
        assert [call(value=number).json()["output"]["b"] for number in range(20)] == [*range(20)]
        far.mend()
        assert {each.result().status_code for each in unknown} <= {404, 503}
    wait_for(lambda: call("never-asked").status_code == 404)


@_takes_long
def test_apps_that_are_not_known_hear_that_the_database_does_not_answer(far: Cut, apps: ServedApps) -> None:
    far.cut()
    answer = httpx.post(f"{apps.url}/run/ada/digits", json={"a": 1}, timeout=120)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "does not answer" in answer.json()["detail"]
    far.mend()
    wait_for(lambda: httpx.post(f"{apps.url}/run/ada/digits", json={"a": 1}, timeout=120).status_code == 200)


def test_while_the_database_says_nothing_only_one_asks_it(far: Cut) -> None:
    database = far.platform.database
    far.cut()
    for _ in range(3):
        with pytest.raises(Unavailable, match="does not answer") as refused, database.read() as connection:
            connection.exec_driver_sql("SELECT 1")
        assert refused.value.retry_after >= 1
    far.mend()
    wait_for(lambda: _answers(database))
    with database.begin() as connection:
        connection.exec_driver_sql("SELECT 1")


def _answers(database: Database) -> bool:
    try:
        database.ping()
    except Unavailable:
        return False
    return True
