"""`openmo up` around stand-ins, on a data folder of its own."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

_SCRIPT = Path(__file__).with_name("stand_in_openmo.py")
COMMAND = (sys.executable, "-P", str(_SCRIPT))
_T = TypeVar("_T")


def wait_for(what: Callable[[], _T], *, seconds: float = 120.0, message: str = "") -> _T:
    """The first true value of `what`; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.02)
    raise AssertionError(message or f"not true within {seconds} s: {what}")


def gone(pid: int) -> bool:
    """Whether no living process has the number (a zombie does not live)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


class UpProcess:
    """`openmo up` in the foreground."""

    def __init__(self, data: Path, *options: str, environment: Mapping[str, str] | None = None) -> None:
        self.data = data
        self.environment = {**os.environ, **(environment or {})}
        self.process = subprocess.Popen(
            [*COMMAND, "up", "--data", str(data), *options],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def state(self) -> dict[str, Any]:
        """What `<data>/run/state.json` says; empty when an earlier process wrote it."""
        file = self.data / "run" / "state.json"
        try:
            found = json.loads(file.read_text()) if file.is_file() else {}  # a pipe, which a test left, would never end
        except (OSError, ValueError):
            return {}
        is_own = isinstance(found, dict) and found.get("supervisor", {}).get("pid") == self.process.pid
        return found if is_own else {}

    def services(self) -> dict[str, dict[str, Any]]:
        return {service["name"]: service for service in self.state().get("processes", [])}

    def all_ready(self) -> bool:
        services = self.services()
        return bool(services) and all(service["state"] == "ready" for service in services.values())

    def wait_ready(self, seconds: float = 300.0) -> None:
        """Every service works and the command line has its token; fails when `up` ends before."""

        def ready() -> bool:
            assert self.process.poll() is None, self.process.communicate()
            return "api" in self.state() and self.all_ready()

        wait_for(ready, seconds=seconds, message=f"not ready: {self.services()}")

    def pid(self, name: str) -> int:
        """The running service's number; 0 when it does not run."""
        return int(self.services().get(name, {}).get("pid") or 0)

    @property
    def url(self) -> str:
        return str(self.state()["url"])

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Another `openmo` command on the same data folder."""
        command = [*COMMAND, *arguments, "--data", str(self.data)]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=check, timeout=150)

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=120)
        return self.process.returncode


@contextlib.contextmanager
def running(data: Path, *options: str, environment: Mapping[str, str] | None = None) -> Iterator[UpProcess]:
    """A ready installation; no process of it is left after the block."""
    up = UpProcess(data, "--port", "0", *options, environment=environment)
    pids: set[int] = set()
    try:
        up.wait_ready()
        yield up
    finally:
        pids.update(up.pid(name) for name in up.services())
        if up.process.poll() is None:
            up.stop()
        else:
            up.process.communicate()
        left = wait_for_none(pids - {0})
        assert not left, f"processes are left: {left}"


def wait_for_none(pids: set[int], seconds: float = 10.0) -> set[int]:
    """Those of the processes that still live after `seconds`."""
    deadline = time.monotonic() + seconds
    while (left := {pid for pid in pids if not gone(pid)}) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left
