"""A whole OpenMo whose database is behind a network that is cut: it is shown, it mends, and nothing is lost."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from support.cut_network import wire_to
from support.database import PostgresServer
from support.installation import Installation, running, wait_for
from support.run import kill, processes_naming

from openmo.core.ids import new_id

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.timeout(1200),
    pytest.mark.deep("waits for tens of seconds"),
]
_PRINTS = """
import json, pathlib, time
step = 0
while not pathlib.Path("results/enough").exists():
    print(json.dumps({"metric": "n", "value": step, "step": step}), flush=True)
    step += 1
    time.sleep(0.02)
"""
HANDLER = 'def handle(conf):\n    a = conf["a"]  # value_type: int\n    return {"b": a}  # value_type: int\n'
SERVICES = ("web", "gateway", "runner", "hub", "proxy")


@pytest.fixture(autouse=True)
def _nothing_stays(tmp_path: Path) -> Iterator[None]:
    yield
    kill(processes_naming(tmp_path))


def _shown(installation: Installation, name: str) -> str:
    return str(installation.process(name)["detail"])


def test_a_cut_network_is_shown_and_mends_and_loses_nothing(tmp_path: Path, postgres_server: PostgresServer) -> None:
    name = f"cut_{new_id()}"
    with (
        wire_to(postgres_server.create(name)) as (wire, url),
        running(tmp_path, "--no-samples", "--database-url", url) as installation,
    ):
        installation.cli("project", "create", "steady")
        workspace = installation.workspace("steady")
        (workspace / "count.py").write_text(_PRINTS)
        (workspace / "handler.py").write_text(HANDLER)
        installation.cli("app", "deploy", "steady")
        installation.cli("job", "run", "steady", "count.py")
        wait_for(lambda: _job(installation) == "running", "the job to run")
        site = str(installation.status()["url"])
        token = json.loads((tmp_path / "data" / "run" / "state.json").read_text())["api"]["token"]
        headers = {"Authorization": f"Bearer {token}"}
        before = {each: installation.process(each)["pid"] for each in SERVICES}

        def call() -> httpx.Response:
            return httpx.post(f"{site}/run/ada/steady", json={"a": 1}, headers=headers, timeout=120)

        wait_for(lambda: call().status_code == 200, "the app to answer")
        wire.cut()
        for each in ("web", "gateway", "runner"):
            wait_for(lambda each=each: "database" in _shown(installation, each), f"{each} to say so", 60)  # type: ignore[misc]
        assert call().json()["output"] == {"b": 1}, "what is known goes on"
        refused = httpx.get(f"{site}/api/v1/projects", headers=headers, timeout=120)
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
        assert "does not answer" in refused.json()["detail"]
        assert httpx.get(f"{site}/health", timeout=60).status_code == 503
        wire.mend()
        wait_for(lambda: all(_is_well(installation, each) for each in SERVICES), "all to work again", 180)
        assert {each: installation.process(each)["pid"] for each in SERVICES} == before, "nothing was started anew"
        assert call().json()["output"] == {"b": 1}
        (workspace / "results" / "enough").touch()
        wait_for(lambda: _job(installation) == "succeeded", "the job to end", 180)
        text = installation.cli("job", "logs", "steady", "1")["log"]
        steps = [json.loads(line)["step"] for line in text.splitlines()]
        assert steps == list(range(len(steps)))
        points = installation.cli("job", "metrics", "steady", "1", "--name", "n", "--points", "20000")
        assert points["y"] == [float(step) for step in steps]
        installation.cli("project", "create", "another")


def _is_well(installation: Installation, name: str) -> bool:
    return bool(installation.process(name)["state"] == "ready")


def _job(installation: Installation) -> str:
    return str(installation.cli("job", "show", "steady", "1")["state"])
