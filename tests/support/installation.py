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

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENTS = ROOT / ".cache" / "environments"
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
        return dict(self.cli("status"))

    def process(self, name: str) -> dict[str, Any]:
        return next(process for process in self.status()["processes"] if process["name"] == name)

    def workspace(self, project: str) -> Path:
        """The folder of a project given as NAME."""
        identifier = str(self.cli("project", "show", project)["id"])
        return self.data / "projects" / identifier / "workspace"


@contextmanager
def running(folder: Path, *options: str) -> Iterator[Installation]:
    """OpenMo on a data folder inside `folder`, from its banner to its end."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("OPENMO_", "JUPYTER"))},
        "OPENMO_DATA": str(folder / "data"),
        "OPENMO_ENVIRONMENTS": os.environ.get("OPENMO_ENVIRONMENTS", str(ENVIRONMENTS)),
        "OPENMO_LOCAL_USER": "ada",
        "HOME": str(folder),
    }
    log = folder / "up.log"
    with log.open("wb") as out:
        up = subprocess.Popen([*COMMAND, "up", "--port", "0", *options], env=environment, stdout=out, stderr=out)
    installation = Installation(data=folder / "data", log=log, environment=environment)
    try:
        wait_for(lambda: b"OpenMo is ready" in log.read_bytes() or up.poll() is not None, "openmo up", 300)
        if up.poll() is not None:
            raise AssertionError(f"openmo up ended:\n{log.read_text()}")
        yield installation
    finally:
        up.terminate()
        up.wait(30)


def wait_for(condition: Callable[[], object], what: str, seconds: float = 30, every: float = 0.05) -> None:
    """Returns when the condition holds; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"Waited {seconds} s in vain for {what}.")
        time.sleep(every)
