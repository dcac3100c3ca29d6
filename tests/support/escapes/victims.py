"""Processes of others, for attempts upon them, and what was done to them."""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from security.escape.attempt import ATTEMPTS

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


class Victims:
    """Processes of others: some as the platform's are, some as a neighbour's are."""

    def __init__(self, confine: Callable[[list[str]], list[str]] | None, folder: Path, user: int | None) -> None:
        """`confine`: what makes a command a neighbour's."""
        self._confine = confine
        self._folder = folder
        self._user = user
        self._processes: list[subprocess.Popen[bytes]] = []
        self._before: dict[int, dict[str, str]] = {}

    def start(self, secrets: Mapping[str, str]) -> dict[str, int]:
        """A process for each attempt upon one; by its name, the number outside."""
        pids = {}
        for name, secret in secrets.items():
            if ATTEMPTS[name].upon == "platform process":
                pids[name] = self._popen(["sleep", "1000"], secret).pid
        others = {name: secret for name, secret in secrets.items() if ATTEMPTS[name].upon == "neighbour process"}
        if others:
            pids |= self._neighbours(others)
        self._before = {pid: _facts(pid) for pid in pids.values()}
        return pids

    def _popen(self, command: list[str], secret: str) -> subprocess.Popen[bytes]:
        sleeps = command[0] == "sleep"
        with (self._folder / "file.txt").open("rb") as file:
            process = subprocess.Popen(
                [f"sleep-{secret}" if sleeps else command[0], *command[1:]],
                executable=shutil.which(command[0]),
                env={"SECRET": secret, "PATH": os.defpath},
                cwd=self._folder,
                stdin=file,
                stdout=subprocess.DEVNULL if sleeps else subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                user=self._user,
                group=self._user,
                extra_groups=None if self._user is None else [],
                process_group=0,
            )
        self._processes.append(process)
        return process

    def _neighbours(self, secrets: Mapping[str, str]) -> dict[str, int]:
        """Children of one confined shell, each in a group of its own."""
        script = "set -m\n" + "".join(
            f"SECRET={secret} sh -c 'exec -a sleep-{secret} sleep 1000' <file.txt &\n" for secret in secrets.values()
        )
        command = ["bash", "-c", script.replace("sh -c", "bash -c") + "echo ready; wait"]
        process = self._popen(self._confine(command) if self._confine else command, "")
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        found: dict[str, int] = {}
        while len(found) < len(secrets):
            for pid in _descendants(process.pid):
                with contextlib.suppress(OSError):
                    line = Path(f"/proc/{pid}/cmdline").read_bytes().decode()
                    for name, secret in secrets.items():
                        if line.startswith(f"sleep-{secret}\0"):
                            found[name] = pid
        return found

    def touched(self, pid: int) -> list[str]:
        """What is other than before about a process."""
        before, now = self._before[pid], _facts(pid)
        return [
            f"its {name} was {value} and is {now.get(name)}" for name, value in before.items() if now.get(name) != value
        ]

    def close(self) -> None:
        for pid in self._before:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        for process in self._processes:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()


def _descendants(pid: int) -> list[int]:
    found = [pid]
    for each in found:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{each}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
    return found


def _facts(pid: int) -> dict[str, str]:
    """What others could change about a process."""
    facts: dict[str, str] = {}
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        facts["state"] = "stopped" if fields[0] in "Tt" else "gone" if fields[0] in "ZX" else "running"
        facts |= {"group": fields[2], "priority": fields[15], "nice": fields[16], "policy": fields[38]}
        status = dict(line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        facts |= {name: status[name] for name in ("Name", "TracerPid", "Cpus_allowed", "Uid", "NoNewPrivs")}
        for name in ("limits", "environ", "oom_score_adj", "cgroup"):
            facts[name] = Path(f"/proc/{pid}/{name}").read_bytes().decode("utf-8", "replace")
        facts["disk priority"] = str(_libc.syscall(252, 1, pid)) if os.uname().machine == "x86_64" else ""
    return facts or {"state": "gone"}


def environ_at(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[47])
