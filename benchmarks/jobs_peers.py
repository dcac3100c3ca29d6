"""A job that prints one line: OpenMo as a whole, beside its peers and a bare child process, in one run.

    python benchmarks/jobs_peers.py [--repeat 10] [--batch 50] [--peers papermill,mlflow,ray,jupyter-scheduler]

For each: from submission to the first line seen by a client, to the final state seen, and a batch submitted at once on
this machine's cores. For what runs as a service also what it costs when idle. OpenMo is measured through its REST API,
with everything that a user gets: snapshot, queue, sandbox, shim, record; the line is seen on the log's event stream.

Peers are installed into throw-away environments below --peers-home with uv; one that cannot be installed is left out,
and said. Ray listens on the loopback device only, in a network namespace of its own where the system grants one.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import jobs_servers
import psutil
from msgspec import UnsetType

from openmo.cli.client import ApiClient, connect
from openmo.config.settings import DataFolder
from openmo.core.health import HEALTH_PATH
from openmo.core.states import JobState
from openmo.installation.state import load_running
from openmo.jobs.schemas import JobDraft, JobList, JobView
from openmo.projects.schemas import ProjectDraft, ProjectView

LINE = '{"metric": "loss", "value": 0.5}'
SCRIPT = f"print({LINE!r}, flush=True)\n"
WORKERS = 2
PACKAGES = {
    "papermill": ("papermill", "ipykernel"),
    "mlflow": ("mlflow",),
    "ray": ("ray[default]",),
    "jupyter-scheduler": ("jupyterlab", "jupyter-scheduler", "ipykernel"),
}
INSTALL_SECONDS = 240


@dataclass(frozen=True, kw_only=True)
class Row:
    """Seconds, and what an idle service costs."""

    first: float
    final: float
    batch: float
    succeeded: int
    idle_cpu: float | None = None
    """Percent of one core."""
    idle_memory: float | None = None
    """Megabytes, shared pages split among those who share them."""


def measure(one: Callable[[int], tuple[float, float]], many: Callable[[int], int], repeat: int, batch: int) -> Row:
    """`one` runs a job and says when its line and its end were seen; `many` runs a batch, says how many succeeded."""
    one(0)
    times = [one(number) for number in range(1, repeat + 1)]
    began = time.perf_counter()
    succeeded = many(batch)
    return Row(
        first=statistics.median(first for first, _ in times),
        final=statistics.median(final for _, final in times),
        batch=time.perf_counter() - began,
        succeeded=succeeded,
    )


def of_command(command: Callable[[int], list[str]], folder: Path, repeat: int, batch: int) -> Row:
    """What is started as a command of its own for each job."""

    def one(number: int) -> tuple[float, float]:
        began = time.perf_counter()
        first = 0.0
        with subprocess.Popen(
            command(number), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if LINE in line and not first:
                    first = time.perf_counter() - began
        if process.returncode or not first:
            raise RuntimeError(f"{command(number)[0]} ended with {process.returncode}")
        return first, time.perf_counter() - began

    def quietly(number: int) -> bool:
        done = subprocess.run(command(number), cwd=folder, capture_output=True, check=False)
        return done.returncode == 0

    def many(count: int) -> int:
        with ThreadPoolExecutor(WORKERS) as pool:
            return sum(pool.map(quietly, range(1000, 1000 + count)))

    return measure(one, many, repeat, batch)


def works(data: Path) -> bool:
    """Whether the installation's own `/health` says that it works, and the command line has its token."""
    running = load_running(DataFolder(data))
    if running is None or isinstance(running.api, UnsetType):
        return False
    try:
        return httpx.get(f"{running.url}{HEALTH_PATH}", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def openmo(data: Path) -> Iterator[tuple[ApiClient, psutil.Process]]:
    """A running OpenMo of this checkout without samples."""
    command = [sys.executable, "-P", "-m", "openmo", "up", "--port", "0", "--no-samples", "--data", str(data)]
    log = data.with_suffix(".log")
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        while not works(data):
            if process.poll() is not None:
                raise RuntimeError(log.read_text())
            time.sleep(0.05)
        yield connect(data), psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(60)


def of_openmo(root: Path, options: argparse.Namespace) -> Row:
    data = root / "openmo"
    with openmo(data) as (client, process):
        made = client.post("/projects", ProjectDraft(title="One line")).read(ProjectView)
        jobs = f"/projects/{made.full_name}/jobs"
        (data / "projects" / made.id / "workspace" / "line.py").write_text(SCRIPT)
        draft = JobDraft(script="line.py")

        def one(_: int) -> tuple[float, float]:
            began = time.perf_counter()
            first = 0.0
            job = client.post(jobs, draft).read(JobView)
            with client.events(f"{jobs}/{job.number}/log/stream") as events:
                for name, _data in events:
                    if name == "log" and not first:
                        first = time.perf_counter() - began
                    elif name == "end":
                        break
            return first, time.perf_counter() - began

        def many(count: int) -> int:
            numbers = {client.post(jobs, draft).read(JobView).number for _ in range(count)}
            while client.get("/jobs/active").read(JobList).items:
                time.sleep(0.02)
            ended = client.get(jobs, limit=200).read(JobList).items
            return sum(job.state is JobState.SUCCEEDED for job in ended if job.number in numbers)

        row = measure(one, many, options.repeat, options.batch)
        return with_idle_cost(row, process, options.idle)


def with_idle_cost(row: Row, process: psutil.Process, seconds: float) -> Row:
    """The row, and what the process and all below it use while nobody asks for anything."""
    cpu, memory = jobs_servers.idle_cost(process, seconds)
    return Row(**{**row.__dict__, "idle_cpu": cpu, "idle_memory": memory})


def of_server(server: jobs_servers.Server, options: argparse.Namespace) -> Row:
    with server.running() as process:
        row = measure(server.one, server.many, options.repeat, options.batch)
        return with_idle_cost(row, process, options.idle)


def installed(name: str, home: Path) -> Path | None:
    """The programs of that peer; None, and said, where it cannot be installed."""
    folder = home / name
    uv = shutil.which("uv") or str(Path(__file__).resolve().parents[1] / ".tools" / "bin" / "uv")
    if not (folder / "ready").exists():
        commands = (
            [uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(folder)],
            [uv, "pip", "install", "--quiet", "--python", str(folder / "bin" / "python"), *PACKAGES[name]],
        )
        try:
            for command in commands:
                subprocess.run(command, check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS)
        except (OSError, subprocess.SubprocessError) as error:
            why = str(getattr(error, "stderr", "") or error).strip().splitlines()
            print(f"{name} is left out: {why[-1] if why else error}", flush=True)
            return None
        (folder / "ready").touch()
    return folder / "bin"


def of_peer(name: str, programs: Path, root: Path, options: argparse.Namespace) -> Row:
    folder = root / name
    folder.mkdir()
    jobs_servers.write_sources(folder, SCRIPT, programs)
    os.environ["PATH"] = f"{programs}{os.pathsep}{options.path}"
    if name == "papermill":
        flags = ["--log-output", "--no-progress-bar", "-k", "python3"]
        return of_command(
            lambda number: [str(programs / "papermill"), "cell.ipynb", f"out{number}.ipynb", *flags],
            folder,
            options.repeat,
            options.batch,
        )
    if name == "mlflow":
        os.environ["MLFLOW_TRACKING_URI"] = f"sqlite:///{folder / 'mlflow.sqlite'}"
        command = [str(programs / "mlflow"), "run", str(folder), "--env-manager", "local"]
        return of_command(lambda _: command, folder, options.repeat, options.batch)
    server = jobs_servers.Ray if name == "ray" else jobs_servers.JupyterScheduler
    return of_server(server(folder, programs, LINE), options)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=10)
    parser.add_argument("--batch", type=int, default=50)
    parser.add_argument("--idle", type=float, default=60.0, help="seconds over which an idle service is watched")
    parser.add_argument("--peers", default=",".join(PACKAGES))
    parser.add_argument("--peers-home", type=Path, default=Path(tempfile.gettempdir()) / "openmo-peers")
    options = parser.parse_args()
    options.path = os.environ["PATH"]
    rows: dict[str, Row] = {}
    with tempfile.TemporaryDirectory(prefix="openmo-bench-") as name:
        root = Path(name)
        (root / "bare").mkdir()
        (root / "bare" / "line.py").write_text(SCRIPT)
        bare = [sys.executable, "line.py"]
        rows["limit: python line.py"] = of_command(lambda _: bare, root / "bare", options.repeat, options.batch)
        rows["OpenMo"] = of_openmo(root, options)
        report("OpenMo", rows)
        for peer in filter(None, options.peers.split(",")):
            programs = installed(peer, options.peers_home)
            if programs is not None:
                try:
                    rows[peer] = of_peer(peer, programs, root, options)
                except (OSError, RuntimeError, ValueError, LookupError, subprocess.SubprocessError) as error:
                    print(f"{peer} is left out: {error}", flush=True)
                else:
                    report(peer, rows)
    print(f"\nload average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; ratios are to OpenMo")
    for label in rows:
        report(label, rows)


def report(label: str, rows: dict[str, Row]) -> None:
    row, ours = rows[label], rows["OpenMo"]
    idle = "" if row.idle_cpu is None else f"   idle {row.idle_cpu:5.2f} % CPU, {row.idle_memory:6.0f} MB"
    print(
        f"{label:24} first line {row.first:7.3f} s {row.first / ours.first:6.1f}x   final {row.final:7.3f} s "
        f"{row.final / ours.final:6.1f}x   batch {row.batch:7.1f} s {row.batch / ours.batch:6.1f}x "
        f"({row.succeeded} ok){idle}",
        flush=True,
    )


if __name__ == "__main__":
    main()
