"""Jobs: from the call to the first output, to the end being known, and what watching a job costs it.

    python benchmarks/jobs_shim.py [--repeat 20] [--lines 200000]

The limit is the same program as a bare subprocess, whose output goes straight to a file and whose end is waited for:
nothing survives its caller there. All rows come from one run; the ratio is to that limit.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from openmo.core.ids import JobId, new_id
from openmo.execution.executor import Exit, JobLaunch
from openmo.execution.local import LocalExecutor
from openmo.sandbox.detect import detect_sandbox
from openmo.sandbox.interpreter import interpreter_folders
from openmo.sandbox.none import NoSandbox
from openmo.sandbox.policy import SandboxPolicy
from openmo.sandbox.variables import child_variables

NOW = "import time; print(time.time())"
LINES = """import os, time
t = time.perf_counter()
for n in range({lines}): os.write(1, b"line\\n")
print(time.perf_counter() - t)"""
QUIET_SECONDS = 2.0
LOOK_SECONDS = 0.001
"""Between two looks at a job, as the runner takes them (every 20 ms there)."""

Run = Callable[[Path, str], str]
"""Runs the program in the folder, returns its output once its end is known."""


def bare(folder: Path, source: str) -> str:
    folder.mkdir()
    with (folder / "log").open("ab") as log:
        subprocess.run([sys.executable, "-c", source], stdout=log, stderr=log, stdin=subprocess.DEVNULL, check=True)
    return (folder / "log").read_text()


def launch_of(folder: Path, source: str) -> JobLaunch:
    work, temporary = folder / "work", folder / "tmp"
    work.mkdir(parents=True)
    temporary.mkdir()
    policy = SandboxPolicy(
        read_write=(work, temporary),
        read_only=interpreter_folders(Path(sys.executable)),
        home=work,
        temporary=temporary,
    )
    return JobLaunch(
        job_id=JobId(new_id()),
        folder=folder,
        argv=[sys.executable, "-c", source],
        cwd=work,
        variables=child_variables(policy, os.environ),
        policy=policy,
    )


def under(executor: LocalExecutor) -> Run:
    def run(folder: Path, source: str) -> str:
        executor.start(launch_of(folder, source))
        while not isinstance(executor.observe(folder), Exit):
            time.sleep(LOOK_SECONDS)
        return (folder / "log").read_text()

    return run


def measure(run: Run, root: Path, *, repeat: int, lines: int) -> dict[str, float]:
    """Medians in milliseconds, and nanoseconds for a written line."""
    outputs, ends = [], []
    for number in range(repeat + 1):
        began, at = time.perf_counter(), time.time()
        printed = float(run(root / f"short{number}", NOW))
        ends.append(time.perf_counter() - began)
        outputs.append(printed - at)
    writing = min(
        float(run(root / f"long{number}", LINES.format(lines=lines)).rpartition("line\n")[2]) for number in range(3)
    )
    return {
        "first output (ms)": statistics.median(outputs[1:]) * 1e3,
        "end known (ms)": statistics.median(ends[1:]) * 1e3,
        "one line (ns)": writing / lines * 1e9,
    }


def wakeups_when_quiet(executor: LocalExecutor, root: Path) -> float:
    """How often a shim runs in a second while its job prints nothing."""
    folder = root / "quiet"
    executor.start(launch_of(folder, "import time; time.sleep(60)"))
    status = Path(f"/proc/{json.loads((folder / 'shim.json').read_text())['pid']}/status")
    time.sleep(0.5)
    counts = []
    for _ in range(2):
        counts.append(sum(int(count) for count in re.findall(r"ctxt_switches:\s*(\d+)", status.read_text())))
        time.sleep(QUIET_SECONDS)
    executor.terminate(folder)
    while not isinstance(executor.observe(folder), Exit):
        time.sleep(LOOK_SECONDS)
    return (counts[1] - counts[0]) / QUIET_SECONDS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=20)
    parser.add_argument("--lines", type=int, default=200_000)
    options = parser.parse_args()
    sandbox = detect_sandbox()
    rows: dict[str, Run] = {
        "bare subprocess (limit)": bare,
        "openmo, no sandbox": under(LocalExecutor(NoSandbox())),
        f"openmo, {sandbox.name}": under(LocalExecutor(sandbox)),
    }
    with tempfile.TemporaryDirectory() as name:
        results = {}
        for number, (label, run) in enumerate(rows.items()):
            root = Path(name) / str(number)
            root.mkdir()
            results[label] = measure(run, root, repeat=options.repeat, lines=options.lines)
        quiet = wakeups_when_quiet(LocalExecutor(NoSandbox()), Path(name))
    limit = results["bare subprocess (limit)"]
    for measured, least in limit.items():
        print(f"\n{measured}")
        for label, values in results.items():
            print(f"  {label:28} {values[measured]:9.1f}   {values[measured] / least:5.2f}x")
    print(f"\nshim of a quiet job: {quiet:.1f} wake-ups a second")


if __name__ == "__main__":
    main()
