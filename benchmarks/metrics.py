"""Metrics: from the lines of a log to points that a chart can query, and reading a chart back.

    python benchmarks/metrics.py [--lines 1000000] [--large 10000000]

Prints the physical limits (decoding the lines with msgspec and orjson and doing nothing with them; writing the lines),
what people write by hand (sqlite3 in one transaction), other trackers that happen to be installed, and OpenMo, all in
one run.
"""

import argparse
import importlib
import importlib.util
import json
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from openmo.metrics.follower import LogFollower
from openmo.metrics.reading.parser import ParserState
from openmo.metrics.store.reader import MetricsReader
from openmo.metrics.store.writer import MetricsWriter
from openmo.metrics.values import Batch, Source
from openmo.metrics.views.downsample import series


class Line(msgspec.Struct, gc=False):
    metric: str
    value: float
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    name: str
    rate: float | None = None
    read: str = ""


def seconds(work: Callable[[], object], *, repeat: int = 3) -> float:
    """The best of a few runs: what the machine can do when nobody else is on it."""
    best = float("inf")
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def make_log(path: Path, lines: int, *, metrics: int = 1, noise: bool = False) -> None:
    with path.open("w") as log:
        for step in range(lines):
            if noise and step % 2:
                log.write(f"2026-01-01 12:00:00,123 INFO worker-3 handled request id={step} status=200\n")
                continue
            name = f"loss{step % metrics or ''}"
            log.write(json.dumps({"metric": name, "value": 1 / (step + 1), "step": step // metrics}) + "\n")


def limits(log: Path, lines: int) -> list[Row]:
    rows = []
    decoder = msgspec.json.Decoder(Line)
    texts = log.read_bytes().splitlines()
    took = seconds(lambda: [decoder.decode(text) for text in texts])
    rows.append(Row(name="limit: msgspec, typed, line by line", rate=lines / took))
    if importlib.util.find_spec("orjson"):
        loads = importlib.import_module("orjson").loads
        took = seconds(lambda: [loads(text) for text in texts])
        rows.append(Row(name="limit: orjson, line by line", rate=lines / took))
    copy = log.with_name("copy")

    def write() -> None:
        with copy.open("w") as out:
            for step in range(lines):
                out.write('{"metric": "loss", "value": %r, "step": %d}\n' % (1 / (step + 1), step))  # noqa: UP031 (fastest)

    rows.append(Row(name="limit: writing the lines", rate=lines / seconds(write, repeat=1)))
    copy.unlink()
    return rows


def sqlite(folder: Path, log: Path, lines: int) -> Row:
    path = folder / "points.sqlite"

    def store() -> None:
        path.unlink(missing_ok=True)
        base = sqlite3.connect(path)
        base.execute("create table point (metric text, step integer, value real)")
        decoder = msgspec.json.Decoder(Line)
        with base, log.open("rb") as file:
            found = map(decoder.decode, file)
            base.executemany("insert into point values (?, ?, ?)", ((p.metric, p.step, p.value) for p in found))
        base.close()

    rate = lines / seconds(store, repeat=1)
    base = sqlite3.connect(path)
    query = "select step, value from point where metric = 'loss' and step < 100000 order by step"
    read = seconds(lambda: base.execute(query).fetchall())
    base.close()
    return Row(name="sqlite3, one transaction, from the log", rate=rate, read=f"100,000 points: {read * 1000:.1f} ms")


def tensorboard(folder: Path, log: Path, lines: int) -> Row:
    summary_writer = importlib.import_module("torch.utils.tensorboard").SummaryWriter
    few = min(lines, 50_000)
    texts = log.read_bytes().splitlines()[:few]

    def store() -> None:
        with summary_writer(str(folder / "tensorboard")) as out:
            for text in texts:
                found = msgspec.json.decode(text, type=Line)
                out.add_scalar(found.metric, found.value, found.step)

    return Row(name="TensorBoard (torch)", rate=few / seconds(store, repeat=1))


def follow(folder: Path, log: Path) -> float:
    """Seconds from a finished log to a store that answers."""
    store = folder / "metrics"

    def work() -> None:
        shutil.rmtree(store, ignore_errors=True)
        with LogFollower(log, log.with_name("log.times"), store) as follower:
            follower.finish()
        MetricsReader(store).summaries()

    return seconds(work)


def read_back(folder: Path, count: int) -> str:
    store = folder / f"points-{count}"
    values = np.random.default_rng(1).normal(size=count)
    with MetricsWriter(store) as writer:
        code = writer.catalogue.codes[Source.JSON]["loss"]
        for at in range(0, count, 1_000_000):
            part = values[at : at + 1_000_000]
            steps = np.arange(at, at + len(part))
            batch = Batch(
                metrics=writer.catalogue.metrics,
                codes=np.full(len(part), code),
                steps=steps,
                values=part,
                offsets=steps,
            )
            writer.append(batch, steps / 1000)
        writer.commit(ParserState())
    took = seconds(lambda: series(MetricsReader(store), "loss"), repeat=5)
    shutil.rmtree(store)
    return f"{count:,} points: {took * 1000:.1f} ms"


def openmo(folder: Path, log: Path, lines: int, large: int) -> list[Row]:
    rows = [Row(name="OpenMo: one metric", rate=lines / follow(folder, log))]
    other = folder / "other"
    for name, metrics, noise in (
        ("10 metrics", 10, False),
        ("10,000 metrics", 10_000, False),
        ("half log text", 1, True),
    ):
        make_log(other, lines, metrics=metrics, noise=noise)
        rows.append(Row(name=f"OpenMo: {name}", rate=lines / follow(folder, other)))
    text = b"".join(
        b"2026-01-01 12:00:00,123 INFO worker-3 handled request id=%d status=200\n" % n for n in range(lines)
    )
    other.write_bytes(text)
    rows.append(Row(name="OpenMo: log text alone", rate=lines / follow(folder, other)))
    other.unlink()
    rows += [Row(name="OpenMo: a chart of", read=read_back(folder, count)) for count in (100_000, 1_000_000, large)]
    return rows


def show(rows: list[Row], ours: float) -> None:
    print(f"| {'':44} | {'lines/s':>12} | {'x OpenMo':>8} | {'read back':28} |")
    print(f"| {'-' * 44} | {'-' * 11}: | {'-' * 7}: | {'-' * 28} |")
    for row in rows:
        rate = "" if row.rate is None else f"{row.rate:,.0f}"
        ratio = "" if row.rate is None else f"{row.rate / ours:.2f}"
        print(f"| {row.name:44} | {rate:>12} | {ratio:>8} | {row.read:28} |")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--lines", type=int, default=1_000_000)
    options.add_argument("--large", type=int, default=10_000_000)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log = folder / "log"
        make_log(log, chosen.lines)
        rows = [*limits(log, chosen.lines), sqlite(folder, log, chosen.lines)]
        if importlib.util.find_spec("tensorboard") and importlib.util.find_spec("torch"):
            rows.append(tensorboard(folder, log, chosen.lines))
        ours = openmo(folder, log, chosen.lines, chosen.large)
        show(rows + ours, ours[0].rate or 1.0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
