"""Whatever became of a job's files, its readers say what is there, or one sentence, and nobody waits."""

import contextlib
import json
import shutil
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.damage import DAMAGES, Damage, folder, half, link, pipe
from support.doses import dose

from openmo.core.errors import Damaged, OpenMoError
from openmo.execution.inside import folder as job_folder
from openmo.execution.inside.records import ExitRecord, HoleRecord, JobRecord, ShimRecord
from openmo.execution.inside.usage import RECORD
from openmo.execution.local import LocalExecutor
from openmo.installation.running_jobs import running_jobs
from openmo.jobs.log.file import LogFile
from openmo.jobs.log.reader import LogReader
from openmo.jobs.log.search import TextQuery
from openmo.jobs.results.usage import read_usage
from openmo.metrics.errors import MetricNotFound
from openmo.metrics.follower import LogFollower
from openmo.metrics.store.reader import MetricsReader
from openmo.sandbox.none import NoSandbox

LINES = "".join(json.dumps({"metric": "loss", "value": n / 7, "step": n}) + "\n" for n in range(200))
FILES = (
    "log", "log.times", "log.lines", "log.hole", "shim.json", "job.json", "exit.json", "usage", "label", "metrics",
    "metrics/commit.0", "metrics/commit.1", "metrics/names", "metrics/00000.points", "metrics/lock",
)  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a job that has ended, with every file that one may have."""
    folder = tmp_path_factory.mktemp("whole") / "job"
    folder.mkdir()
    (folder / "log").write_text(LINES)
    (folder / "log.times").write_bytes(struct.pack("<Qd", len(LINES) // 2, 1e9) + struct.pack("<Qd", len(LINES), 2e9))
    (folder / "usage").write_bytes(RECORD.pack(1e9, 0.5, 1 << 20, float("nan"), 0) * 3)
    (folder / "label").write_text("ada/digits: train")
    shim = ShimRecord(pid=1, start=1, boot="another", mark="job-0", taken_at=1e9)
    for name, record in (
        (job_folder.SHIM, shim),
        (job_folder.JOB, JobRecord(pid=1, start=1, boot="another", started_at=1e9)),
        (job_folder.EXIT, ExitRecord(kind="exited", code=0, started_at=1e9, ended_at=2e9)),
        (job_folder.LOG_HOLE, HoleRecord(start=10, end=20)),
    ):
        job_folder.publish(str(folder), name, record)
    with LogFollower(folder / "log", folder / "log.times", folder / "metrics") as follower:
        follower.finish()
    (folder / "log.lines").write_bytes(struct.pack("<8sI", b"OMLINES1", 0))
    return folder


@pytest.fixture(scope="module")
def known(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What its readers say of it."""
    return _read(_copied(whole, tmp_path_factory.mktemp("known")))


def _log(folder: Path) -> object:
    log = LogFile(folder)
    reader = LogReader(log)
    seen = [log.size(), log.tail(), log.read(0, 1000).text, reader.tail(3), reader.line(7), b"".join(log.pieces())]
    query = TextQuery("loss")
    return [
        *seen,
        reader.window(0, before=0, after=9),
        reader.search(query, 0, back=False, limit=3),
        reader.since(1.5e9),
    ]


def _metrics(folder: Path) -> object:
    reader = MetricsReader(folder / "metrics")
    found = [reader.names(), reader.summaries(), reader.status()]
    try:
        return [*found, reader.records("loss").records["value"].tolist()]
    except MetricNotFound:
        return found


def _follow(folder: Path) -> object:
    with LogFollower(folder / "log", folder / "log.times", folder / "metrics") as follower:
        return follower.finish()


READERS: Mapping[str, tuple[Callable[[Path], object], frozenset[str]]] = {
    "log": (_log, frozenset({"log", "log.times", "log.lines", "log.hole"})),
    "usage": (read_usage, frozenset({"usage"})),
    "metrics": (_metrics, frozenset(name for name in FILES if name.startswith("metrics"))),
    "end": (LocalExecutor(NoSandbox(), cpus=1).observe, frozenset({"shim.json", "job.json", "exit.json"})),
    "running": (lambda folder: running_jobs(folder.parent), frozenset({"shim.json", "job.json", "label"})),
}
"""What is read of a job, and of which files."""


def _read(folder: Path) -> dict[str, Any]:
    """What each reader says; the sentence of one that refuses."""
    said: dict[str, Any] = {}
    for name, (reader, _) in READERS.items():
        try:
            said[name] = repr(reader(folder))
        except Damaged as error:
            said[name] = str(error)
    with contextlib.suppress(OpenMoError, OSError):  # the runner goes on with the other jobs, and tries again
        _follow(folder)
    return said


def _copied(whole: Path, root: Path) -> Path:
    folder = root / "jobs" / "job"
    shutil.rmtree(root / "jobs", ignore_errors=True)
    shutil.copytree(whole, folder)
    return folder


def _check(whole: Path, known: Mapping[str, Any], tmp_path: Path, name: str, damage: Damage) -> None:
    place = _copied(whole, tmp_path)
    damage(place / name)
    said = _read(place)
    for reader, (_, files) in READERS.items():
        if name not in files:
            assert said[reader] == known[reader], f"{reader} has nothing to do with {name}"
    assert "root:" not in str(said), "no link is followed"


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_costs_what_it_held_and_nothing_else(
    whole: Path, known: dict[str, Any], tmp_path: Path, name: str
) -> None:
    for damage in dose((folder, pipe, half, link), DAMAGES):
        _check(whole, known, tmp_path, name, damage)


@given(
    name=st.sampled_from([name for name in FILES if name != "metrics"]),
    data=st.binary(max_size=200),
    keep=st.integers(0, 400),
)
def test_whatever_stands_in_a_file_its_readers_live(
    *, whole: Path, known: dict[str, Any], tmp_path_factory: pytest.TempPathFactory, name: str, data: bytes, keep: int
) -> None:
    """Random bytes behind a part of what was there."""

    def damage(path: Path) -> None:
        path.write_bytes(path.read_bytes()[:keep] + data)

    _check(whole, known, tmp_path_factory.mktemp("any"), name, damage)
