"""Memory and delay of following many jobs that print metrics at once.

    python benchmarks/metrics_load.py [--jobs 100] [--rate 1000] [--seconds 30]

One process writes the logs, another follows them as the runner does; this one watches its memory and its delay.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from openmo.metrics.follower import LogFollower
from openmo.metrics.store.reader import MetricsReader

_TICK = 0.1


def write(folder: Path, jobs: int, rate: int, seconds: float) -> None:
    logs = [(folder / f"log.{job}").open("w", buffering=1 << 16) for job in range(jobs)]
    start, step = time.perf_counter(), 0
    while (passed := time.perf_counter() - start) < seconds:
        due = int(passed * rate)
        if due > step:
            lines = "".join(f'{{"metric": "loss", "value": {1 / (at + 1)}, "step": {at}}}\n' for at in range(step, due))
            for log in logs:
                log.write(lines)
                log.flush()
            step = due
        time.sleep(_TICK)
    print(step)


def follow(folder: Path, jobs: int) -> None:
    """Until the file `done` is there and everything is read."""
    followers = [LogFollower(folder / f"log.{job}", folder / "times", folder / f"m.{job}") for job in range(jobs)]
    while True:
        done = (folder / "done").exists()
        stored = sum(follower.poll() for follower in followers)
        if done and not stored:
            break
        time.sleep(_TICK)
    for follower in followers:
        follower.finish()
        follower.close()


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--jobs", type=int, default=100)
    options.add_argument("--rate", type=int, default=1000)
    options.add_argument("--seconds", type=float, default=30)
    options.add_argument("--part", help=argparse.SUPPRESS)
    options.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.part == "write":
        write(chosen.folder, chosen.jobs, chosen.rate, chosen.seconds)
        return 0
    if chosen.part == "follow":
        follow(chosen.folder, chosen.jobs)
        return 0
    with tempfile.TemporaryDirectory() as name:
        return watch(Path(name), chosen)


def watch(folder: Path, chosen: argparse.Namespace) -> int:
    given = [f"--{key}={getattr(chosen, key)}" for key in ("jobs", "rate", "seconds")]
    command = [sys.executable, __file__, "--folder", str(folder), *given]
    follower = subprocess.Popen([*command, "--part", "follow"])
    process = psutil.Process(follower.pid)
    writer = subprocess.Popen([*command, "--part", "write"], stdout=subprocess.PIPE, text=True)
    samples = []
    while writer.poll() is None:
        samples.append(process.memory_info().rss)
        time.sleep(_TICK)
    step = int(writer.communicate()[0])
    ended = time.perf_counter()
    (folder / "done").touch()
    if follower.wait():
        return 1
    late = time.perf_counter() - ended
    half = len(samples) // 2
    points = sum(MetricsReader(folder / f"m.{job}").status().points for job in range(chosen.jobs))
    load = os.getloadavg()[0]
    middle, last, most = (size / 1e6 for size in (samples[half], samples[-1], max(samples)))
    print(f"{chosen.jobs} jobs, {step / chosen.seconds:,.0f} lines/s each, {chosen.seconds:.0f} s; load {load:.1f}")
    print(f"points stored: {points:,} of {step * chosen.jobs:,}")
    print(f"memory of the follower: at half time {middle:.0f} MB, at the end {last:.0f} MB, at most {most:.0f} MB")
    print(f"everything queryable {late:.2f} s after the last line")
    return 0


if __name__ == "__main__":
    sys.exit(main())
