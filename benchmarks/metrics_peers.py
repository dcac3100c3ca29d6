"""Metrics in other trackers: points a second written, and the time to read back what a chart of them needs.

MLflow's client and Aim have no read of some points only, so they read all; TensorBoard keeps 1,000, OpenMo picks 1,000.

    python benchmarks/metrics_peers.py [--points 20000] [--venvs FOLDER]

Installs each tracker into a throwaway environment of its own with uv and runs it there; one that cannot be installed or
fails is skipped with its last words. OpenMo does the same in the same run: lines printed, followed, stored, queried.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PEERS = {
    "MLflow, SQLite, log_batch": ("mlflow", ["mlflow"]),
    "TensorBoard (tensorboardX)": ("tensorboard", ["tensorboard", "tensorboardX", "setuptools<81"]),
    "trackio": ("trackio", ["trackio"]),
    "Aim": ("aim", ["aim"]),
    "Weights & Biases, offline": ("wandb", ["wandb"]),
    "OpenMo": ("openmo", []),
}
_QUIET = {"WANDB_MODE": "offline", "WANDB_SILENT": "true", "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}


def mlflow(points: int) -> dict[str, float]:
    import mlflow
    from mlflow.entities import Metric

    mlflow.set_tracking_uri("sqlite:///mlflow.db")
    client = mlflow.MlflowClient()
    run = client.create_run(client.create_experiment("x")).info.run_id
    start = time.perf_counter()
    for at in range(0, points, 1000):
        client.log_batch(run, [Metric("loss", 1 / (step + 1), 1, step) for step in range(at, min(at + 1000, points))])
    write = time.perf_counter() - start
    start = time.perf_counter()
    client.get_metric_history(run, "loss")
    return {"write": write, "read": time.perf_counter() - start}


def tensorboard(points: int) -> dict[str, float]:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboardX import SummaryWriter

    start = time.perf_counter()
    with SummaryWriter("events") as writer:
        for step in range(points):
            writer.add_scalar("loss", 1 / (step + 1), step)
    write = time.perf_counter() - start
    start = time.perf_counter()
    found = EventAccumulator("events", {"scalars": 1000})
    found.Reload()
    found.Scalars("loss")
    return {"write": write, "read": time.perf_counter() - start}


def trackio(points: int) -> dict[str, float]:
    os.environ["TRACKIO_DIR"] = str(Path.cwd())
    import trackio

    trackio.init(project="x")
    start = time.perf_counter()
    for step in range(points):
        trackio.log({"loss": 1 / (step + 1)}, step=step)
    trackio.finish()
    return {"write": time.perf_counter() - start}


def aim(points: int) -> dict[str, float]:
    from aim import Repo, Run
    from aim.storage.context import Context

    Repo.from_path(".", init=True)
    run = Run(repo=".", log_system_params=False, capture_terminal_logs=False)
    start = time.perf_counter()
    for step in range(points):
        run.track(1 / (step + 1), name="loss", step=step)
    name = run.hash
    run.close()
    write = time.perf_counter() - start
    start = time.perf_counter()
    Run(name, repo=".", read_only=True).get_metric("loss", context=Context({})).values.sparse_numpy()
    return {"write": write, "read": time.perf_counter() - start}


def wandb(points: int) -> dict[str, float]:
    import wandb

    run = wandb.init(project="x", dir=".")
    start = time.perf_counter()
    for step in range(points):
        run.log({"loss": 1 / (step + 1)}, step=step)
    run.finish()
    return {"write": time.perf_counter() - start}


def openmo(points: int) -> dict[str, float]:
    from openmo.metrics.follower import LogFollower
    from openmo.metrics.store.reader import MetricsReader
    from openmo.metrics.views.downsample import series

    log = Path("log")
    start = time.perf_counter()
    with log.open("w") as out:
        for step in range(points):
            out.write(json.dumps({"metric": "loss", "value": 1 / (step + 1), "step": step}) + "\n")
    with LogFollower(log, Path("times"), Path("metrics")) as follower:
        follower.finish()
    write = time.perf_counter() - start
    start = time.perf_counter()
    series(MetricsReader(Path("metrics")), "loss")
    return {"write": write, "read": time.perf_counter() - start}


def python_with(packages: list[str], folder: Path) -> str:
    """The interpreter of an environment that has these."""
    if not packages:
        return sys.executable
    if not (folder / "bin" / "python").exists():
        uv = [sys.executable, "-m", "uv"]
        subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, folder], check=True, capture_output=True)
        install: list[str | Path] = [*uv, "pip", "install", "--quiet", "--python", folder / "bin" / "python", *packages]
        subprocess.run(install, check=True, capture_output=True, text=True, timeout=600)
    return str(folder / "bin" / "python")


def measure(peer: str, packages: list[str], points: int, venvs: Path) -> dict[str, float]:
    python = python_with(packages, venvs / peer)
    with tempfile.TemporaryDirectory() as folder:
        command = [python, str(Path(__file__).resolve()), "--inside", peer, "--points", str(points)]
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **_QUIET, "HOME": folder},
            capture_output=True,
            text=True,
            check=True,
            timeout=600,
        )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--points", type=int, default=20_000)
    options.add_argument("--venvs", type=Path)
    options.add_argument("--inside", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.inside:
        print(json.dumps(globals()[chosen.inside](chosen.points)))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        rows = {}
        for name, (peer, packages) in PEERS.items():
            try:
                rows[name] = measure(peer, packages, chosen.points, chosen.venvs or Path(folder))
            except (subprocess.SubprocessError, ValueError, IndexError) as error:
                said = str(getattr(error, "stderr", "") or error).strip().splitlines()
                print(f"skipped {name}: {said[-1][:200] if said else 'it said nothing'}", flush=True)
    ours = rows["OpenMo"]["write"]
    print(f"{chosen.points:,} points; load {os.getloadavg()[0]:.1f}")
    print(f"| {'':28} | {'points/s':>10} | {'OpenMo is faster':>16} | {'read back s':>11} |")
    print(f"| {'-' * 28} | {'-' * 9}: | {'-' * 15}: | {'-' * 10}: |")
    for name, row in rows.items():
        read = f"{row['read']:.4f}" if "read" in row else ""
        print(f"| {name:28} | {chosen.points / row['write']:>10,.0f} | {row['write'] / ours:>15,.1f}x | {read:>11} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
