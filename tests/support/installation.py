"""A real OpenMo for tests: `openmo up` in a child process on a folder of its own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from support.run import Run, lives

from openmo.cli.client import ApiClient
from openmo.cli.server import describe
from openmo.config.settings import load_settings
from openmo.installation.state import load_running

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENTS = ROOT / ".cache" / "environments"
ACCOUNT = "ada"
COMMAND = [sys.executable, "-P", "-m", "openmo"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """A running OpenMo."""

    data: Path
    log: Path
    environment: dict[str, str]

    def cli(self, *arguments: str, check: bool = True, timeout: float = 120) -> Any:
        """What a command prints with --json."""
        done = self.run(*arguments, "--json", timeout=timeout)
        if check and done.returncode != 0:
            raise AssertionError(f"openmo {' '.join(arguments)} → {done.returncode}\n{done.stdout}\n{done.stderr}")
        return json.loads(done.stdout)

    def run(self, *arguments: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """A command as a user types it."""
        return subprocess.run(
            [*COMMAND, *arguments], env=self.environment, capture_output=True, text=True, timeout=timeout, check=False
        )

    def status(self) -> dict[str, Any]:
        """As `openmo status --json` prints it, without a process of its own: tests wait by it."""
        settings = load_settings(self.environment, data=self.data)
        found: dict[str, Any] = msgspec.to_builtins(describe(settings, load_running(settings.folder)))
        return found

    def job(self, project: str, number: int) -> dict[str, Any]:
        """As `openmo job show --json` prints it, without a process of its own."""
        running = load_running(load_settings(self.environment, data=self.data).folder)
        assert running
        assert running.api
        client = ApiClient(running.url, running.api.token)
        try:
            return client.get(f"/projects/{ACCOUNT}/{project}/jobs/{number}").values()
        finally:
            client.close()

    def process(self, name: str) -> dict[str, Any]:
        return next(process for process in self.status()["processes"] if process["name"] == name)

    def workspace(self, project: str) -> Path:
        """The folder of a project given as NAME."""
        identifier = str(self.cli("project", "show", project)["id"])
        return self.data / "projects" / identifier / "workspace"


def shared_installation() -> Installation:
    """The OpenMo of the run, with its sample content: for tests that end nothing of it."""

    run = Run.current()

    def start(folder: Path) -> dict[str, Any]:
        made = _installation(folder)
        pid = run.start([*COMMAND, "up", "--port", "0"], log=made.log, environment=made.environment)
        _wait_ready(made, lambda: lives(pid))
        return {"pid": pid}

    run.shared("installation", start)
    return _installation(run.folder / "installation")


@contextmanager
def running(folder: Path, *options: str) -> Iterator[Installation]:
    """OpenMo on a data folder inside `folder`, from its banner to its end."""
    installation = _installation(folder)
    with installation.log.open("wb") as out:
        up = subprocess.Popen(
            [*COMMAND, "up", "--port", "0", *options], env=installation.environment, stdout=out, stderr=out
        )
    try:
        _wait_ready(installation, lambda: up.poll() is None)
        yield installation
    finally:
        up.terminate()
        up.wait(60)


def _installation(folder: Path) -> Installation:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("OPENMO_", "JUPYTER"))},
        "OPENMO_DATA": str(folder / "data"),
        "OPENMO_ENVIRONMENTS": os.environ.get("OPENMO_ENVIRONMENTS", str(ENVIRONMENTS)),
        "OPENMO_LOCAL_USER": ACCOUNT,
        "HOME": str(folder),
    }
    return Installation(data=folder / "data", log=folder / "up.log", environment=environment)


def _wait_ready(installation: Installation, lives: Callable[[], bool]) -> None:
    wait_for(lambda: b"OpenMo is ready" in installation.log.read_bytes() or not lives(), "openmo up", 300)
    if not lives():
        raise AssertionError(f"openmo up ended:\n{installation.log.read_text()}")


def wait_for(condition: Callable[[], object], what: str, seconds: float = 120, every: float = 0.05) -> None:
    """Returns when the condition holds; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"Waited {seconds} s in vain for {what}.")
        time.sleep(every)
