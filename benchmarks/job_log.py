"""A job's log: what printing costs the job, and what reading a log of gigabytes costs the server.

    python benchmarks/job_log.py [--gigabytes 1] [--print-gigabytes 1] [--folder /tmp]

The limits are the tools of the system on the same file: a program that prints to a file, `tail`, `wc`, `grep`. All
rows come from one run; the ratio is to that limit. Peak memory is that of a process that does nothing but these reads.
"""

import argparse
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from jobs_shim import bare, under

from openmo.execution.local import LocalExecutor
from openmo.jobs.log.file import LogFile
from openmo.jobs.log.reader import LogReader
from openmo.jobs.log.search import ErrorQuery, LogQuery, TextQuery
from openmo.sandbox.detect import detect_sandbox

LINE = "epoch {0:6} step {0:9} loss 0.{0:09} accuracy 0.{0:06} lr 0.001 on a machine with two cores\n"
PRINT = """import os, sys, time
block = b"".join(b"%092d line\\n" % n for n in range(640))
began = time.perf_counter()
for n in range({size} // len(block)): os.write(1, block)
sys.stderr.write(str(time.perf_counter() - began))"""
FOUND_NOWHERE = "a text that no line of it holds"
REPEAT = 5


def timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def median(act: Callable[[], object]) -> float:
    return statistics.median(timed(act) for _ in range(REPEAT))


def peak_kib() -> int:
    """The most memory that this process held."""
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])


def tool(*argv: str | Path) -> Callable[[], object]:
    return lambda: subprocess.run(
        [*map(str, argv)], stdout=subprocess.DEVNULL, check=False, env={"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}
    )


def searched(reader: LogReader, query: LogQuery) -> int:
    """Searches all of the log as the page does: request after request; how many rows hold it."""
    at, count = 0, 0
    while True:
        came = reader.search(query, at, back=False, limit=1000)
        count += len(came.found.rows)
        if came.found.next is None:
            return count
        at = came.found.next


def read(folder: Path) -> None:
    """Reads the log in every way, and prints what it took."""
    file = LogFile(folder)
    reader, size = LogReader(file), file.size()
    before = peak_kib()
    windows = {"end": -1, "middle": size // 2, "beginning": 0}
    print(f"\nwindow of 200 rows of {size / 1e9:.1f} GB (ms)")
    limit = median(tool("tail", "-n", "200", file.path))
    print(f"  tail -n 200 (a process)       {limit * 1e3:9.2f}")
    for name, at in windows.items():
        took = median(partial(reader.window, at, before=100, after=100, times=True))
        print(f"  openmo, {name:12}          {took * 1e3:9.2f}   {took / limit:6.2f}x")
    rates: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "count lines (wc -l)": (tool("wc", "-l", file.path), lambda: counted(reader)),
        "find a text (grep -F)": (
            tool("grep", "-cF", FOUND_NOWHERE, file.path),
            lambda: searched(reader, TextQuery(FOUND_NOWHERE)),
        ),
        "ignoring case (grep -iF)": (
            tool("grep", "-ciF", FOUND_NOWHERE, file.path),
            lambda: searched(reader, TextQuery(FOUND_NOWHERE, ignore_case=True)),
        ),
        "find an error (grep -E)": (
            tool("grep", "-cE", r"Traceback \(|Error|ERROR|Exception|CUDA", file.path),
            lambda: searched(reader, ErrorQuery()),
        ),
    }
    kept = file.path.stat().st_blocks * 512
    print("\nthrough all of it (MB of kept log a second)")
    for name, (peer, ours) in rates.items():
        least, took = timed(peer), timed(ours)
        print(f"  {name:26} {kept / 1e6 / least:8.0f}  openmo {kept / 1e6 / took:8.0f}   {took / least:6.2f}x the time")
    seen = (peak_kib() - before) / 1024
    print(f"\npeak memory of the reader grew by {seen:.1f} MiB; line counts on disk: {file.lines.stat().st_size} bytes")


def counted(reader: LogReader) -> None:
    while reader.line(1 << 60)[0] is None:
        pass


def make(folder: Path, size: int) -> None:
    block = "".join(LINE.format(number) for number in range(200_000)).encode()
    with (folder / "log").open("wb") as log:
        while log.tell() < size:
            log.write(block)


def hollow(folder: Path, size: int) -> None:
    """The log is as one of `size` bytes of which the middle was dropped."""
    path = folder / "log"
    half = path.stat().st_size // 2
    with path.open("r+b") as log:
        log.seek(half)
        rest = log.read(64 << 20)
        log.truncate(half)
        log.truncate(size - len(rest))
        log.seek(size - len(rest))
        log.write(rest)
    (folder / "log.hole").write_text(f'{{"start": {half}, "end": {size - len(rest)}}}')
    (folder / "log.lines").unlink(missing_ok=True)


def apart(act: Callable[..., None], *args: object) -> None:
    """In a process of its own, so that its memory is its own."""
    process = multiprocessing.get_context("spawn").Process(target=act, args=args)
    process.start()
    process.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gigabytes", type=float, default=1.0)
    parser.add_argument("--print-gigabytes", type=float, default=1.0)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    options = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores, Python {sys.version.split()[0]}")
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        root = Path(name)
        source = PRINT.format(size=int(options.print_gigabytes * 1e9))
        took: dict[str, list[float]] = {"bare": [], "openmo": []}
        for number in range(3):
            for label, run in (("bare", bare), ("openmo", under(LocalExecutor(detect_sandbox())))):
                folder = root / f"{label}{number}"
                took[label].append(float(run(folder, source)[-25:].rpartition("\n")[2]))
                (folder / "log").unlink()
        limit, ours = (statistics.median(took[label]) for label in ("bare", "openmo"))
        print(f"\nprinting {options.print_gigabytes} GB, 64 KB at a time (s)")
        print(f"  to a file {limit:.2f}\n  as a job  {ours:.2f}   {ours / limit:.2f}x")
        folder = root / "read"
        folder.mkdir()
        make(folder, int(options.gigabytes * 1e9))
        apart(read, folder)
        hollow(folder, int(5e9))
        apart(read, folder)


if __name__ == "__main__":
    main()
