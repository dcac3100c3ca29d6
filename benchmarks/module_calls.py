"""Calls of a module in its own environment, beside a direct call, a child that pickles, and multiprocessing.

Small values (1 KiB), an array of 1 GiB that was born shared, and the first call, which starts the process. Growth is
what the processes of a call hold more (PSS, so that shared pages count once) when the module has read all of the array
and keeps it.
"""

import argparse
import multiprocessing
import os
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from openmo_sdk import Client, shared_array
from openmo_sdk.calls import remote

MODULE = """
import os
class bench:
    def predict(self, conf={}):
        return conf["x"]
    def ends(self, conf={}):
        return float(conf["x"][0] + conf["x"][-1])
    def keep(self, conf={}):
        self.kept = conf["x"]
        return float(self.kept.sum())
    def pid(self, conf={}):
        return os.getpid()
"""
PICKLING = """
import pickle, sys
def load(): return pickle.load(sys.stdin.buffer)
kept = None
while True:
    try: name, x = load()
    except EOFError: break
    if name == "predict": answer = x
    elif name == "ends": answer = float(x[0] + x[-1])
    else: kept = x; answer = float(x.sum())
    pickle.dump(answer, sys.stdout.buffer, 5); sys.stdout.buffer.flush()
"""
Call = Callable[[str, Any], Any]
"""Name of the method and its value, to what it returns."""


@contextmanager
def direct() -> Iterator[tuple[Call, int | None]]:
    module = Client().module("ann/bench")
    yield lambda name, x: getattr(module, name)({"x": x}), None


@contextmanager
def openmo() -> Iterator[tuple[Call, int | None]]:
    module = Client().module("ann/bench", environment=sys.executable)
    try:
        yield lambda name, x: getattr(module, name)({"x": x}), module.pid()
    finally:
        remote.close_all()


@contextmanager
def pickling() -> Iterator[tuple[Call, int | None]]:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-I", "-c", PICKLING], **pipes) as child:  # type: ignore[call-overload]
        into, out = child.stdin, child.stdout

        def call(name: str, x: Any) -> Any:
            pickle.dump((name, x), into, 5)
            into.flush()
            return pickle.load(out)

        yield call, child.pid
        into.close()


def answer(connection: Connection) -> None:
    """The child of multiprocessing."""
    kept = None
    while (request := connection.recv()) is not None:
        name, x = request
        if name == "keep":
            kept = x
        connection.send(x if name == "predict" else float(x[0] + x[-1]) if name == "ends" else float(x.sum()))
    del kept


@contextmanager
def processes() -> Iterator[tuple[Call, int | None]]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=answer, args=(theirs,))
    child.start()

    def call(name: str, x: Any) -> Any:
        ours.send((name, x))
        return ours.recv()

    yield call, child.pid
    ours.send(None)
    child.join()


WAYS = {
    "limit: direct call, same process": direct,
    "OpenMo, its own environment": openmo,
    "a child that pickles over pipes": pickling,
    "multiprocessing, spawn and Pipe": processes,
}


def pss(*pids: int) -> float:
    """MiB that these processes hold; what they share counts once."""
    total = 0
    for pid in pids:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def timed(call: Callable[[], Any], times: int) -> list[float]:
    """Milliseconds of each, sorted."""
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        call()
        found.append((time.perf_counter() - begun) * 1000)
    return sorted(found)


def small(way: Callable[..., Any], times: int) -> tuple[float, float]:
    """p50 and p99 of a call with 1 KiB, in microseconds."""
    with way() as (call, _):
        timed(lambda: call("predict", "x" * 1024), 100)
        found = timed(lambda: call("predict", "x" * 1024), times)
    return statistics.median(found) * 1000, found[int(len(found) * 0.99)] * 1000


def large(way: Callable[..., Any], array: Any, times: int) -> tuple[float, float]:
    """Median of a call with the array in milliseconds, and growth in MiB when the module keeps it."""
    with way() as (call, pid):
        pids = [os.getpid(), *([pid] if pid else [])]
        call("ends", array[:1])  # numpy is imported
        call("keep", array[:1])
        before = pss(*pids)
        found = timed(lambda: call("ends", array), times)
        call("keep", array)
        return statistics.median(found), pss(*pids) - before


def cold(way: Callable[..., Any], times: int) -> float:
    """Median until the first answer, in milliseconds."""

    def first() -> None:
        with way() as (call, _):
            call("predict", 1)

    first()
    return statistics.median(timed(first, times))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=5000)
    parser.add_argument("--mib", type=int, default=1024)
    options = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as name:
        os.chdir(name)
        folder = Path("modules/ann/bench/1.0.0")
        folder.mkdir(parents=True)
        (folder / "main.py").write_text(MODULE)
        array = shared_array(options.mib << 17)
        array[:] = 1.0
        print(f"{'':34}{'1 KiB p50':>12}{'p99':>10}{f'{options.mib} MiB':>12}{'growth':>12}{'first call':>12}")
        for title, way in WAYS.items():
            p50, p99 = small(way, options.calls)
            milliseconds, growth = large(way, array, 5 if way in (direct, openmo) else 2)
            start = cold(way, 15)
            print(
                f"{title:34}{p50:9.1f} µs{p99:7.0f} µs{milliseconds:9.2f} ms{growth:8.1f} MiB{start:9.0f} ms",
                flush=True,
            )
        with openmo() as (call, _):
            plain = np.ones(options.mib << 17)
            call("ends", plain[:1])
            print(f"OpenMo, {options.mib} MiB that is copied first: {timed(lambda: call('ends', plain), 3)[1]:.0f} ms")
        bare = statistics.median(timed(lambda: subprocess.run([sys.executable, "-I", "-c", ""], check=True), 15))
        print(f"limit of a first call: a python that does nothing, {bare:.0f} ms")
        os.chdir("/")


if __name__ == "__main__":
    main()
