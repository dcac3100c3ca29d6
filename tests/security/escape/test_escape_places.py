"""Every attempt to get out, as real code in each real place of a real OpenMo."""

import base64
import contextlib
import json
import shutil
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

import httpx
import pytest
from security.escape.attempt import ATTEMPTS
from support.escapes.field import Field, Finding, write_package
from support.installation import Installation, shared_installation, wait_for
from support.notebook_server import NotebookServer
from websockets.sync.client import connect

from openmo.config.endpoints import load_endpoints
from openmo.sandbox.detect import detect_sandbox
from openmo.sandbox.interpreter import interpreter_folders
from openmo.sandbox.policy import SandboxPolicy

pytestmark = pytest.mark.timeout(600)

PLACES = ("kernel", "terminal", "job", "app", "trial")
_MAKE_ALL = """
import json, sys
from pathlib import Path
from escape.__main__ import make_all
report = make_all(json.loads(Path("plan-{place}.json").read_text()))
"""
_CELL = _MAKE_ALL + "Path('report-{place}.json').write_text(json.dumps(report))\n"
_JOB = _MAKE_ALL + "Path('results/report-{place}.json').write_text(json.dumps(report))\n"
_HANDLER = """
import base64, json, zlib
from pathlib import Path
from escape.__main__ import make_all
def handle(conf):
    plan = json.loads(Path("plan-{place}.json").read_text())
    if {at_once} or conf["attempt"]:  # value_type: bool # default_value: false
        report = base64.b64encode(zlib.compress(json.dumps(make_all(plan)).encode())).decode()
    else:
        report = ""
    if {at_once}:
        print("REPORT", report)
        raise SystemExit("it was tried")
    return {{"report": report}}  # value_type: str
"""


@dataclass(frozen=True)
class _Up:
    """What `NotebookServer` asks of an installation."""

    installation: Installation

    def state(self) -> dict[str, Any]:
        return dict(json.loads((self.installation.data / "run" / "state.json").read_text()))

    @property
    def url(self) -> str:
        return str(self.state()["url"])


class Town:
    """A project whose code attempts what it can, and a private one beside it."""

    def __init__(self, openmo: Installation) -> None:
        self.openmo = openmo
        mark = token_hex(4)
        self.attacker, self.neighbour = f"escape-{mark}", f"beside-{mark}"
        self.secret = f"secret-{token_hex(8)}"
        for name in (self.attacker, self.neighbour):
            openmo.cli("project", "create", name)
        self.workspace = openmo.workspace(self.attacker)
        beside = openmo.workspace(self.neighbour)
        (beside / "secret.txt").write_text(self.secret)
        (beside / "secret.py").write_text(f"print('{self.secret}')")
        (beside / "handler.py").write_text(f"def handle(conf):\n    return {{'a': '{self.secret}'}}\n")
        self.neighbours = beside / "targets"
        self.neighbours.mkdir()
        openmo.cli("job", "run", self.neighbour, "secret.py", "--follow")
        openmo.cli("app", "deploy", self.neighbour)
        write_package(self.workspace)
        self.zone = openmo.data / "datasets" / "public" / f"escape-{mark}"
        self.zone.mkdir()
        self.server = NotebookServer(_Up(openmo), slug=self._slug(self.attacker))

    def _slug(self, project: str) -> str:
        """The name of its JupyterLab server."""
        with contextlib.closing(sqlite3.connect(self.openmo.data / "openmo.sqlite")) as database:
            found = database.execute("select slug from projects where name = ?", (project,)).fetchone()
        return str(found[0])

    def close(self) -> None:
        if self.server.model():
            self.server.stop()
        shutil.rmtree(self.zone)

    def attempt(self, place: str) -> dict[str, Finding]:
        """What came of every attempt there."""
        lays: dict[str, Callable[[], dict[str, list[str]]]] = {
            "kernel": self._kernel, "terminal": self._terminal, "job": self._job, "app": self._app, "trial": self._trial
        }  # fmt: skip
        with self._field(place) as field:
            (self.workspace / f"plan-{place}.json").write_text(json.dumps(field.plan()))
            return field.judge(lays[place]())

    def _field(self, place: str) -> Field:
        data = self.openmo.data
        endpoints = load_endpoints(data / "run")
        urls = {name: getattr(endpoints, name).url for name in ("hub", "web", "gateway", "proxy_api")}
        server = self._slug(self.neighbour)
        account = str(self.server.base.split("/user/")[1].split("/")[0])
        for folder in (self.neighbours, self.zone):
            (folder / place).mkdir()
        sandbox = detect_sandbox()
        policy = SandboxPolicy(
            read_write=(self.neighbours / place,),
            read_only=interpreter_folders(Path("/usr/bin/python3")),
            home=self.neighbours / place,
            temporary=self.neighbours / place,
        )
        return Field(
            root=self.neighbours / place,
            data=self.zone / place,
            platform=data,
            names=tuple(ATTEMPTS),
            confine=lambda command: sandbox.wrap(command, policy),
            victim={
                "site": endpoints.public_url,
                "owner": account,
                "project": self.neighbour,
                "server": server,
                **urls,
            },
            listeners=[getattr(endpoints, name).port for name in ("public", "hub", "web", "gateway", "proxy_api")],
            shared_secrets=[self.secret, *(path.read_text().strip() for path in (data / "run").glob("*.secret"))],
        )

    def _report(self, path: Path) -> dict[str, list[str]]:
        wait_for(path.exists, f"the report {path.name}")
        return dict(json.loads(path.read_text()))

    def _kernel(self) -> dict[str, list[str]]:
        assert self.server.start().status_code in (201, 202)
        self.server.wait_ready()
        printed = self.server.execute(self.server.new_kernel(), _CELL.format(place="kernel"))
        report = self.workspace / "report-kernel.json"
        assert report.exists(), printed
        return self._report(report)

    def _terminal(self) -> dict[str, list[str]]:
        (self.workspace / "attempt.py").write_text(_CELL.format(place="terminal"))
        server = self.server
        made = httpx.post(f"{server.base}/api/terminals", headers=server.headers, timeout=60)
        made.raise_for_status()
        url = f"{server.base.replace('http', 'ws', 1)}/terminals/websocket/{made.json()['name']}"
        with connect(url, additional_headers=server.headers, open_timeout=30) as terminal:
            terminal.send(json.dumps(["stdin", f"{self._python()} attempt.py; echo 'it' ended\r"]))
            shown = ""
            while "it ended" not in shown:
                shown += "".join(map(str, json.loads(terminal.recv(timeout=150))[1:]))
        report = self.workspace / "report-terminal.json"
        assert report.exists(), shown
        return self._report(report)

    def _python(self) -> str:
        """That of the project's kernels."""
        (spec,) = (self.openmo.data / "hub" / "servers").glob(f"*{self.attacker}*/jupyter/kernels/python3/kernel.json")
        return str(json.loads(spec.read_text())["argv"][0])

    def _job(self) -> dict[str, list[str]]:
        (self.workspace / "attempt_job.py").write_text(_JOB.format(place="job"))
        self.openmo.cli("job", "run", self.attacker, "attempt_job.py", "--follow", timeout=300)
        return self._report(self.workspace / "results" / "report-job.json")

    def _trial(self) -> dict[str, list[str]]:
        (self.workspace / "handler.py").write_text(_HANDLER.format(place="trial", at_once=True))
        answer = self.openmo.cli("app", "deploy", self.attacker, check=False, timeout=300)
        line = next(line for line in answer["log"].splitlines() if line.startswith("REPORT"))
        return dict(json.loads(zlib.decompress(base64.b64decode(line.split()[1]))))

    def _app(self) -> dict[str, list[str]]:
        (self.workspace / "handler.py").write_text(_HANDLER.format(place="app", at_once=False))
        self.openmo.cli("app", "deploy", self.attacker, timeout=300)
        url = f"{self.server.base.split('/user/')[0]}/run/ada/{self.attacker}"
        answer = httpx.post(url, json={"attempt": True}, headers=self.server.headers, timeout=120)
        assert answer.status_code == 200, answer.text
        return dict(json.loads(zlib.decompress(base64.b64decode(answer.json()["output"]["report"]))))


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    if not detect_sandbox().isolates:
        pytest.skip("this machine has no sandbox")
    town = Town(shared_installation())
    try:
        yield town
    finally:
        town.close()


@pytest.mark.parametrize("place", PLACES)
def test_nothing_gets_out(town: Town, place: str) -> None:
    found = town.attempt(place)
    unproven = {name: f"{each.outcome}: {each.detail}" for name, each in found.items() if not each.proves}
    out = {name: each.reached for name, each in found.items() if each.reached and not ATTEMPTS[name].open_because}
    assert (unproven, out) == ({}, {})
