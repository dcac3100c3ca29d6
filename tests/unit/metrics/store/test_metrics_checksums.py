"""Points whose bytes were changed on the disk are never drawn."""

import zlib
from pathlib import Path

import msgspec
import pytest

from openmo.core.errors import Damaged
from openmo.metrics.follower import LogFollower
from openmo.metrics.store.commit import Commit, CommitSlots, read_commit
from openmo.metrics.store.reader import MetricsReader

_WRITE = CommitSlots.write


class Run:
    """A job's folder, whose log is followed to its end each time that it has printed."""

    def __init__(self, root: Path) -> None:
        self.log, self.store = root / "log", root / "metrics"
        self.reader = MetricsReader(self.store)

    def prints(self, value: int, *, name: str = "loss", times: int = 50) -> None:
        with self.log.open("ab") as log:
            log.write(b'{"metric": "%s", "value": %d}\n' % (name.encode(), value) * times)
        self.follow()

    def follow(self) -> None:
        with LogFollower(self.log, self.log.with_name("log.times"), self.store) as follower:
            follower.finish()

    def values(self, name: str) -> list[float]:
        found: list[float] = self.reader.records(name).records["value"].tolist()
        return found


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


def test_points_that_were_changed_are_said_and_not_drawn(run: Run) -> None:
    """Also by a reader that read them while they were right."""
    run.prints(1)
    run.prints(2, name="accuracy")
    assert run.values("loss") == [1] * 50
    segment = run.store / "00000.points"
    data = bytearray(segment.read_bytes())
    data[-1] ^= 1
    segment.write_bytes(data)
    with pytest.raises(Damaged, match="stored metrics of this job are damaged"):
        run.values("loss")
    assert run.values("accuracy") == [2] * 50
    run.follow()
    assert run.values("loss") == [1] * 50, "filled again from the log"


def test_a_store_of_before_there_were_checksums_is_read_and_gets_them(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(CommitSlots, "write", _write_without_sums)
        run.prints(1)
    assert _commit(run).checksum(0) is None
    assert run.values("loss") == [1] * 50
    run.prints(2, times=1)
    assert _commit(run).checksum(0) == zlib.crc32((run.store / "00000.points").read_bytes())
    assert run.values("loss") == [*[1] * 50, 2]


def _commit(run: Run) -> Commit:
    commit = read_commit(run.store)
    assert commit is not None
    return commit


def _write_without_sums(slots: CommitSlots, commit: Commit, *, durable: bool) -> None:
    _WRITE(slots, msgspec.structs.replace(commit, sums=b""), durable=durable)
