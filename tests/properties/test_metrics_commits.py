"""A store killed at any byte of its writing holds exactly the points of a commit, and then catches up."""

import math
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.doses import dose

from openmo.core.errors import Damaged
from openmo.metrics.follower import LogFollower
from openmo.metrics.reading.parser import ParserState
from openmo.metrics.store import commit as commits
from openmo.metrics.store import writer as writers
from openmo.metrics.store.catalogue import Catalogue
from openmo.metrics.store.commit import read_commit
from openmo.metrics.store.reader import MetricsReader, load_metrics
from openmo.metrics.store.writer import MetricsWriter
from openmo.metrics.values import Batch, Source
from openmo.metrics.views.downsample import series


class Killed(BaseException):
    """Nobody catches this, as nobody catches SIGKILL."""


@contextmanager
def killed_after(budget: int) -> Iterator[None]:
    """Let `budget` bytes reach the files, the last write in part, then die."""
    left = budget

    def write(file: int, data: bytes | memoryview, at: int) -> None:
        nonlocal left
        part = bytes(data)[:left]
        left -= len(part)
        os.pwrite(file, part, at)
        if len(part) < len(data):
            raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(commits, "write_all", write)
        patch.setattr(writers, "write_all", write)
        yield


def expected(log: bytes) -> dict[str, list[float]]:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / "log").write_bytes(log)
        with LogFollower(root / "log", root / "log.times", root / "metrics") as follower:
            follower.finish()
        return stored(root / "metrics")


def stored(folder: Path) -> dict[str, list[float]]:
    reader = MetricsReader(folder)
    return {name: reader.records(name).records["value"].tolist() for name in reader.names()}


LINES = st.one_of(
    st.integers(0, 3).map(lambda name: b'{"metric": "m%d", "value": 1, "step": 1}\n' % name),
    st.integers(1, 3).map(lambda epoch: b"Epoch %d/3\n" % epoch),
    st.integers(1, 9).map(lambda value: b"9/9 [==] - 1s 9ms/step - loss: 0.%d\n" % value),
    st.just(b"prose\n"),
)


@settings(max_examples=dose(25, 50), deadline=None)
@given(
    parts=st.lists(st.lists(LINES, min_size=1, max_size=6).map(b"".join), min_size=1, max_size=6),
    budgets=st.lists(st.integers(0, 1500), max_size=4),
)
def test_killed_at_any_byte_each_point_is_stored_once(parts: list[bytes], budgets: list[int]) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        log = root / "log"
        for part, budget in zip(parts, budgets, strict=False):
            with log.open("ab") as file:
                file.write(part)
            follower = LogFollower(log, root / "log.times", root / "metrics")
            try:
                with killed_after(budget):
                    follower.poll()
            except Killed:
                pass
            finally:
                follower.close()  # the system closes files of the dead; nothing else happens here
            offset = MetricsReader(root / "metrics").status().log_offset
            assert stored(root / "metrics") == expected(log.read_bytes()[:offset])
        with log.open("ab") as file:
            file.write(b"".join(parts[len(budgets) :]))
        with LogFollower(log, root / "log.times", root / "metrics") as follower:
            follower.finish()
        assert stored(root / "metrics") == expected(log.read_bytes())


@settings(max_examples=dose(25, 40), deadline=None)
@given(data=st.data(), slot=st.sampled_from(["commit.0", "commit.1"]), garbage=st.binary(max_size=60))
def test_a_damaged_commit_leaves_the_one_before(data: st.DataObject, slot: str, garbage: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        log, times, folder = root / "log", root / "log.times", root / "metrics"
        with LogFollower(log, times, folder) as follower:
            for number in (1, 2, 3):
                with log.open("ab") as file:
                    file.write(b'{"metric": "a", "value": %d}\n' % number)
                follower.poll()
        blob = (folder / slot).read_bytes()
        cut = data.draw(st.integers(0, len(blob) - 1))
        flipped = blob[:cut] + bytes([blob[cut] ^ 1]) + blob[cut + 1 :]
        (folder / slot).write_bytes(data.draw(st.sampled_from([blob[:cut] + garbage, flipped])))
        shutil.copytree(folder, root / "copy")
        assert stored(root / "copy").get("a", []) in ([1.0, 2.0], [1.0, 2.0, 3.0])
        with LogFollower(log, times, folder) as follower:
            follower.finish()
        assert stored(folder) == {"a": [1.0, 2.0, 3.0]}


@settings(max_examples=dose(25, 60), deadline=None)
@given(parts=st.lists(st.lists(LINES, min_size=1, max_size=6).map(b"".join), min_size=1, max_size=4), data=st.data())
def test_any_changed_bit_of_a_segment_is_said_and_filled_again(parts: list[bytes], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        log, folder = root / "log", root / "metrics"
        log.touch()
        for part in [*parts, b'{"metric": "m0", "value": 1, "step": 1}\n']:
            with log.open("ab") as file:
                file.write(part)
            with LogFollower(log, root / "log.times", folder) as follower:
                follower.poll()
        whole = stored(folder)
        segment = data.draw(st.sampled_from(sorted(path for path in folder.glob("*.points") if path.stat().st_size)))
        blob = bytearray(segment.read_bytes())
        blob[data.draw(st.integers(0, len(blob) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        segment.write_bytes(blob)
        with pytest.raises(Damaged):
            MetricsReader(folder).records(_shown_by(folder, segment))
        with LogFollower(log, root / "log.times", folder) as follower:
            follower.finish()
        assert stored(folder) == expected(log.read_bytes())
        assert stored(folder).keys() == whole.keys()


def _shown_by(folder: Path, segment: Path) -> str:
    commit = read_commit(folder)
    assert commit is not None
    metrics = load_metrics(folder, commit)
    assert metrics is not None
    return metrics[int(segment.stem)].name


@settings(max_examples=dose(25, 50), deadline=None)
@given(
    values=st.lists(st.floats(allow_infinity=False), min_size=1, max_size=300),
    points=st.integers(4, 100),
    data=st.data(),
)
def test_a_smaller_curve_keeps_ends_and_extremes(values: list[float], points: int, data: st.DataObject) -> None:
    steps = sorted(data.draw(st.lists(st.integers(-50, 50), min_size=len(values), max_size=len(values))))
    with tempfile.TemporaryDirectory() as name:
        catalogue = Catalogue()
        with MetricsWriter(Path(name)) as writer:
            catalogue = writer.catalogue
            code = catalogue.codes[Source.JSON]["y"]
            count = len(values)
            columns = np.array(values), np.array(steps, dtype=np.int64)
            batch = Batch(
                metrics=catalogue.metrics,
                codes=np.full(count, code),
                steps=columns[1],
                values=columns[0],
                offsets=np.arange(count),
            )
            writer.append(batch, np.arange(float(count)))
            writer.commit(ParserState())
        found = series(MetricsReader(Path(name)), "y", points=points)
    finite = [value for value in values if not math.isnan(value)]
    kept = [value for value in found.y.tolist() if not math.isnan(value)]
    assert set(kept) <= set(finite)
    assert (not finite and not kept) or (min(kept) == min(finite) and max(kept) == max(finite))
    assert (found.x[0], found.x[-1]) == (steps[0], steps[-1])
    assert (len(finite) < len(values)) == bool(np.isnan(found.y).any())
    assert found.is_raw == (len(values) <= points)
