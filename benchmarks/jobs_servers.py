"""The peers that run as a service, as `jobs_peers.py` drives them; alone it measures nothing."""

import json
import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

import psutil

_START_SECONDS = 180.0
_PAUSE = 0.02
_JOB_SECONDS = 600.0

RAY_CLIENT = """
import json, sys, time
from ray.job_submission import JobStatus, JobSubmissionClient
client, entry, line = JobSubmissionClient("http://127.0.0.1:8265"), sys.argv[1], sys.argv[2]
ended = (JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.STOPPED)
print("ready", flush=True)
for count in sys.stdin:
    began, first = time.perf_counter(), None
    left = [client.submit_job(entrypoint=entry) for _ in range(int(count))]
    succeeded = 0
    while left:
        if count.strip() == "1" and first is None and line in client.get_job_logs(left[0]):
            first = time.perf_counter() - began
        states = {job: client.get_job_status(job) for job in left}
        succeeded += sum(state == JobStatus.SUCCEEDED for state in states.values())
        left = [job for job in left if states[job] not in ended] if len(left) > 1 or states[left[0]] in ended else left
        time.sleep(0.02)
    final = time.perf_counter() - began
    print(json.dumps([first or final, final, succeeded]), flush=True)
"""


class Server(Protocol):
    """A service that runs jobs."""

    def running(self) -> Any:
        """A context with its process."""

    def one(self, number: int) -> tuple[float, float]:
        """Seconds to the first line and to the final state of one job."""

    def many(self, count: int) -> int:
        """How many of a batch succeeded."""


class Ray:
    """Ray Jobs: a head node of two cores on the loopback device."""

    def __init__(self, folder: Path, programs: Path, line: str) -> None:
        self._folder = folder
        self._programs = programs
        self._line = line
        self._client: subprocess.Popen[str] | None = None

    @contextmanager
    def running(self) -> Iterator[psutil.Process]:
        start = (
            f"ip link set lo up; {self._programs}/ray start --head --node-ip-address 127.0.0.1 --num-cpus 2 "
            f"--dashboard-host 127.0.0.1 --disable-usage-stats --temp-dir {self._folder}/ray --block "
            f">{self._folder}/log 2>&1 & until {self._programs}/python -c 'import urllib.request as u; "
            'u.urlopen("http://127.0.0.1:8265/api/version")\' 2>/dev/null; do sleep 0.5; done; '
            f"{self._programs}/python client.py '{self._programs}/python {self._folder}/line.py' '{self._line}'"
        )
        (self._folder / "client.py").write_text(RAY_CLIENT)
        wrapper = ["unshare", "-n"] if os.geteuid() == 0 and shutil.which("unshare") else []
        command = [*wrapper, "bash", "-c", start]
        self._client = subprocess.Popen(
            command, cwd=self._folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        process = psutil.Process(self._client.pid)
        try:
            assert self._client.stdout is not None
            if self._client.stdout.readline() != "ready\n":
                raise RuntimeError("Ray did not start")
            yield process
        finally:
            end_tree(process)

    def one(self, number: int) -> tuple[float, float]:
        del number
        first, final, _ = self._ask(1)
        return first, final

    def many(self, count: int) -> int:
        return int(self._ask(count)[2])

    def _ask(self, count: int) -> list[float]:
        assert self._client is not None
        assert self._client.stdin is not None
        assert self._client.stdout is not None
        self._client.stdin.write(f"{count}\n")
        self._client.stdin.flush()
        found: list[float] = json.loads(self._client.stdout.readline())
        return found


class JupyterScheduler:
    """jupyter-scheduler in a JupyterLab server: its output can be read when the job has ended."""

    PORT = 9377

    def __init__(self, folder: Path, programs: Path, line: str) -> None:
        self._folder = folder
        self._programs = programs
        self._line = line

    @contextmanager
    def running(self) -> Iterator[psutil.Process]:
        command = [
            *(str(self._programs / "jupyter"), "lab", "--no-browser", "--allow-root", "--ip", "127.0.0.1"),
            *("--port", str(self.PORT), "--IdentityProvider.token=", "--ServerApp.disable_check_xsrf=True"),
            f"--ServerApp.root_dir={self._folder}",
        ]
        folders = {name: str(self._folder / "jupyter" / name) for name in ("data", "runtime", "config")}
        environment = {
            **os.environ,
            "JUPYTER_DATA_DIR": folders["data"],
            "JUPYTER_RUNTIME_DIR": folders["runtime"],
            "JUPYTER_CONFIG_DIR": folders["config"],
            "JUPYTER_PREFER_ENV_PATH": "1",
        }
        with (self._folder / "log").open("wb") as log:
            process = psutil.Process(
                subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=self._folder).pid
            )
        try:
            wait(lambda: self._call("GET", "/scheduler/config"), _START_SECONDS)
            environments = self._call("GET", "/scheduler/runtime_environments")
            self._environment = environments[0]["name"]
            yield process
        finally:
            end_tree(process)

    def one(self, number: int) -> tuple[float, float]:
        began = time.perf_counter()
        job = self._submit(number)
        wait(lambda: self._state(job) in ("COMPLETED", "FAILED"), _JOB_SECONDS)
        final = time.perf_counter() - began
        return final, final

    def many(self, count: int) -> int:
        jobs = [self._submit(1000 + number) for number in range(count)]
        ends = [wait(lambda job=job: self._ended(job), _JOB_SECONDS) for job in jobs]
        return ends.count("COMPLETED")

    def _submit(self, number: int) -> str:
        wanted = {
            "name": f"job{number}",
            "input_uri": "cell.ipynb",
            "runtime_environment_name": self._environment,
            "output_formats": ["ipynb"],
        }
        return str(self._call("POST", "/scheduler/jobs", wanted)["job_id"])

    def _state(self, job: str) -> str:
        return str(self._call("GET", f"/scheduler/jobs/{job}")["status"])

    def _ended(self, job: str) -> str:
        state = self._state(job)
        return state if state in ("COMPLETED", "FAILED") else ""

    def _call(self, method: str, path: str, body: object = None) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.PORT}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())


def wait(look: Any, seconds: float) -> Any:
    """The first true answer; RuntimeError when there is none in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if found := look():
                return found
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(_PAUSE)
    raise RuntimeError(f"nothing came of it in {seconds:g} seconds")


def write_sources(folder: Path, script: str, programs: Path) -> None:
    """The job as each peer wants it: a script, a notebook of one cell, an MLproject."""
    del programs
    (folder / "line.py").write_text(script)
    cell: dict[str, object] = {
        "cell_type": "code",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "id": "a",
        "source": script,
    }
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = {"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (folder / "cell.ipynb").write_text(json.dumps(notebook))
    (folder / "MLproject").write_text('name: line\nentry_points:\n  main:\n    command: "python line.py"\n')


def idle_cost(process: psutil.Process, seconds: float) -> tuple[float, float]:
    """Percent of one core over that time, and megabytes, of the process and all below it."""
    tree = [process, *process.children(recursive=True)]
    before = {each.pid: _cpu(each) for each in tree}
    time.sleep(seconds)
    used = sum(max(0.0, _cpu(each) - before[each.pid]) for each in tree if each.is_running())
    memory = sum(_memory(each) for each in tree)
    return 100 * used / seconds, memory / 1e6


def end_tree(process: psutil.Process) -> None:
    """The process and all below it are ended."""
    tree = [*process.children(recursive=True), process]
    for each in tree:
        with suppress(psutil.Error):
            each.terminate()
    for each in psutil.wait_procs(tree, 10)[1]:
        with suppress(psutil.Error):
            each.kill()


def _cpu(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return times.user + times.system


def _memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0
