import os
import struct
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from support.damage import Damage, empty, folder, half, link, remove

from openmo.core.errors import Damaged
from openmo.metrics.errors import MetricNotFound, StoreBusy
from openmo.metrics.follower import LogFollower
from openmo.metrics.store.reader import MetricsReader
from openmo.metrics.store.times import stamp
from openmo.metrics.values import Axis, Batch, MetricSummary, Source
from openmo.system import linux


class Job:
    """A job's folder with its log, as the shim writes it."""

    def __init__(self, root: Path) -> None:
        self.log, self.times, self.store = root / "log", root / "log.times", root / "metrics"
        self.log.touch()

    def prints(self, text: str, *, at: float | None = None) -> None:
        with self.log.open("ab") as log:
            log.write(text.encode())
        if at is not None:
            with self.times.open("ab") as times:
                times.write(struct.pack("<Qd", self.log.stat().st_size, at))

    def follow(self) -> LogFollower:
        return LogFollower(self.log, self.times, self.store)

    @property
    def reader(self) -> MetricsReader:
        return MetricsReader(self.store)

    def values(self, name: str) -> list[float]:
        return [float(value) for value in self.reader.records(name).records["value"]]


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(tmp_path)


def line(value: object, *, name: str = "loss", extra: str = "") -> str:
    return f'{{"metric": "{name}", "value": {value}{extra}}}\n'


def test_points_are_readable_after_a_poll(job: Job) -> None:
    with job.follow() as follower:
        assert follower.poll() == 0
        job.prints(line(2, extra=', "step": 1') + line(1, extra=', "step": 2'))
        assert follower.poll() == 2
        assert follower.poll() == 0
        assert job.values("loss") == [2, 1]


def test_a_half_printed_line_waits_for_its_end(job: Job) -> None:
    with job.follow() as follower:
        job.prints(line(2)[:12])
        assert follower.poll() == 0
        job.prints(line(2)[12:])
        assert follower.poll() == 1


def test_the_last_line_counts_without_a_line_feed(job: Job) -> None:
    with job.follow() as follower:
        job.prints(line(1) + line(2).rstrip())
        assert follower.poll() == 1
        assert follower.finish() == 1
        assert follower.finish() == 0
    with job.follow() as again:
        assert again.finish() == 0
    assert job.values("loss") == [1, 2]


def test_a_job_that_printed_nothing_has_an_empty_store(job: Job) -> None:
    assert job.reader.names() == []
    job.log.unlink()
    with job.follow() as follower:
        assert follower.poll() == 0
        assert follower.finish() == 0
    assert job.reader.status().points == 0
    with pytest.raises(MetricNotFound):
        job.reader.records("loss")


def test_points_get_the_time_at_which_they_were_printed(job: Job) -> None:
    job.prints(line(1), at=1000.0)
    job.prints(line(2), at=2000.0)
    job.prints(line(3) + line(4), at=3000.5)
    job.prints(line(5))
    with job.follow() as follower:
        follower.poll()
    times = job.reader.records("loss").records["time"].tolist()
    assert times[:4] == [1000.0, 2000.0, 3000.5, 3000.5]
    assert times[4] == pytest.approx(job.log.stat().st_mtime)


@pytest.mark.parametrize(
    "garbage",
    [
        b"\xff" * 37,
        struct.pack("<Qd", 2**64 - 1, float("nan")) * 2,
        struct.pack("<Qd", 0, 1e300),
        struct.pack("<Qd", 5, float("inf")) + struct.pack("<Qd", 1, -5.0),
    ],
)
def test_broken_times_never_stop_the_points(job: Job, garbage: bytes) -> None:
    job.prints(line(1) + line(2))
    job.times.write_bytes(garbage)
    with job.follow() as follower:
        assert follower.poll() == 2
    times = job.reader.records("loss").records["time"]
    assert np.isfinite(times).all()
    assert (np.diff(times) >= 0).all()


def test_times_are_looked_up_in_a_long_file(tmp_path: Path) -> None:
    path = tmp_path / "log.times"
    grown = np.arange(1, 100_001)
    records = np.rec.fromarrays([grown.astype("<u8") * 10, grown + 0.5])
    path.write_bytes(records.tobytes())
    offsets = np.array([0, 9, 10, 777_775, 999_999, 1_000_000])
    found = stamp(path, offsets, size=1_000_005, modified=1e9)
    assert found.tolist() == [1.5, 1.5, 2.5, 77778.5, 100000.5, 1e9]


def test_one_follower_at_a_time(job: Job) -> None:
    with job.follow(), pytest.raises(StoreBusy):
        job.follow()
    with job.follow() as follower:
        assert follower.poll() == 0


@pytest.mark.parametrize("name", ["log", "metrics/commit.1", "metrics/00000.points"])
def test_what_cannot_be_followed_is_not_kept_from_whoever_tries_again(job: Job, name: str) -> None:
    """Else its store would be busy for ever, and the job that it is of would never end."""
    job.prints(line(1))
    with job.follow() as follower:
        follower.poll()
    path = job.log.parent / name
    before = path.read_bytes()
    path.unlink()
    path.mkdir()
    open_files = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(2):
        with pytest.raises(OSError, match=r"irectory|no file"):
            job.follow()
    assert len(list(Path("/proc/self/fd").iterdir())) == open_files
    path.rmdir()
    path.write_bytes(before)
    with job.follow() as follower:
        follower.finish()
    assert job.values("loss") == [1]


def test_a_log_that_was_cut_keeps_its_points_and_goes_on(job: Job) -> None:
    with job.follow() as follower:
        job.prints(line(1) + line(2))
        follower.poll()
        os.truncate(job.log, 0)
        assert follower.poll() == 0
        job.prints(line(3))
        assert follower.poll() == 1
        os.truncate(job.log, 10)
        assert follower.poll() == 0
        job.prints(line(4) + line(5))
        assert follower.poll() == 1, "what continues a cut line is no line of its own"
    with job.follow() as again:
        assert again.poll() == 0
    assert job.values("loss") == [1, 2, 3, 5]


@pytest.mark.parametrize("printed", [1, 3, 4, 5, 400])
def test_a_log_that_is_begun_anew_between_two_looks_loses_no_point(job: Job, printed: int) -> None:
    """However long it is again: shorter than before, as long, or longer."""
    with job.follow() as follower:
        job.prints("".join(line(value) for value in range(4)))
        assert follower.poll() == 4
        os.truncate(job.log, 0)
        job.prints("".join(line(value) for value in range(5, 5 + printed)))
        assert follower.poll() == printed
        os.truncate(job.log, 0)
        job.prints("Epoch 1\n" + line(-1))
        assert follower.finish() == 1
    assert job.values("loss") == [*range(4), *range(5, 5 + printed), -1]


def test_lines_that_were_read_before_a_cut_count_once(job: Job) -> None:
    with job.follow() as follower:
        job.prints(line(1) + line(2) + line(3))
        follower.poll()
        os.truncate(job.log, len(line(1)) + 4)
        job.prints("\n" + line(4))
        assert follower.poll() == 1
    with job.follow() as again:
        assert again.poll() == 0
        os.truncate(job.log, 0)
        job.prints(line(5))
        assert again.poll() == 1, "also by a follower that is new"
    assert job.values("loss") == [1, 2, 3, 4, 5]


def test_a_long_log_whose_middle_is_dropped_near_its_head_is_not_begun_anew(job: Job) -> None:
    job.prints(line(1) * 1000)
    with job.follow() as follower:
        assert follower.poll() == 1000
        log = os.open(job.log, os.O_RDWR)
        linux.punch_hole(log, 700, 20_000)  # from within a block on: a part of it is filled with zeros
        os.close(log)
        job.prints(line(2))
        assert follower.poll() == 1


def test_a_hole_in_the_log_is_passed_over(job: Job) -> None:
    job.prints(line(1) + line(2)[:9])
    os.truncate(job.log, 3 * 1024**3)
    job.prints(line(3) + line(4))
    with job.follow() as follower:
        assert follower.finish() == 2
    assert job.values("loss") == [1, 4]


def test_summaries_come_from_the_commit_alone(job: Job) -> None:
    job.prints(line(3, extra=', "step": 1'), at=10.0)
    job.prints(line("NaN", extra=', "step": 5') + line(1, extra=', "step": 2') + line(7, name="lr"), at=20.0)
    job.prints(line("NaN", name="gaps", extra=', "epoch": 3'), at=30.0)
    with job.follow() as follower:
        follower.poll()
    for segment in job.store.glob("*.points"):
        segment.unlink()
    loss, lr, gaps = job.reader.summaries()
    assert loss == MetricSummary(
        name="loss", axis=Axis.STEP, count=3, last_value=1.0, last_step=2, last_time=20.0, min=1.0, max=3.0
    )
    assert (lr.axis, lr.last_step, lr.min) == (Axis.TIME, None, 7.0)
    assert (gaps.axis, gaps.count, gaps.min, gaps.max) == (Axis.EPOCH, 1, None, None)


def test_text_keeps_the_last_value_of_each_epoch_whenever_it_is_polled(job: Job) -> None:
    log = "".join(
        f"Epoch {epoch}/3\n" + "".join(f"{step}/9 ━ 9s 1s/step - loss: {epoch}.{step}\n" for step in range(1, 10))
        for epoch in (1, 2, 3)
    )
    with job.follow() as follower:
        for text in log.splitlines(keepends=True):
            job.prints(text)
            follower.poll()
            if text.startswith("5/9"):
                assert job.values("loss")[-1] % 1 == pytest.approx(0.5), "the running epoch shows its latest value"
    records = job.reader.records("loss")
    assert records.records["step"].tolist() == [1, 2, 3]
    assert records.records["value"].tolist() == [1.9, 2.9, 3.9]
    assert records.axis is Axis.EPOCH
    (summary,) = job.reader.summaries()
    assert (summary.count, summary.last_step, summary.last_value, summary.min, summary.max) == (3, 3, 3.9, 1.9, 3.9)


def test_json_hides_text_of_the_same_name(job: Job) -> None:
    with job.follow() as follower:
        job.prints("loss: 0.5 - acc: 0.1\n")
        follower.poll()
        assert job.reader.names() == ["loss", "acc"]
        job.prints(line(9))
        follower.poll()
    assert job.values("loss") == [9]
    assert job.reader.names() == ["acc", "loss"]
    assert job.reader.status().points == 2


def test_names_never_become_paths(job: Job, tmp_path: Path) -> None:
    names = ["../../evil", "/etc/evil", "nul\\u0000", "commit.0", "..", "a/b"]
    with job.follow() as follower:
        job.prints("".join(line(1, name=name) for name in names))
        assert follower.poll() == len(names)
    assert {path.name for path in tmp_path.iterdir()} == {"log", "metrics"}
    assert sorted(path.name for path in job.store.glob("*.points")) == [f"{code:05d}.points" for code in range(6)]
    assert job.reader.names()[2] == "nul\0"


def test_a_poll_reads_a_bounded_part(job: Job) -> None:
    job.prints(line(1) * 200_000)
    with job.follow() as follower:
        first = follower.poll(limit=1)
        assert 0 < first < 200_000
        assert first + follower.finish() == 200_000


def test_a_full_disk_loses_nothing(job: Job, tmp_path: Path) -> None:
    """In a child, whose files may not grow beyond a limit until it is lifted."""
    job.prints(line(1) * 5_000)
    script = textwrap.dedent(f"""
        import resource, signal
        from pathlib import Path
        from openmo.metrics.follower import LogFollower
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        root = Path({str(tmp_path)!r})
        follower = LogFollower(root / "log", root / "log.times", root / "metrics")
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
        failures = 0
        for _ in range(2):
            try:
                follower.poll()
            except OSError:
                failures += 1
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        print(failures, follower.poll())
    """)
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["2", "5000"]
    assert job.values("loss") == [1] * 5_000


PARTS = {"commit": ("commit.0", "commit.1"), "names": ("names",), "points": ("00000.points",), "store": (".",)}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("damage", [remove, empty, half, link, folder], ids=lambda damage: damage.__name__)
def test_a_store_that_is_damaged_is_never_shown_as_empty(job: Job, part: str, damage: Damage) -> None:
    job.prints(line(1) + line(2) + line(3, name="accuracy"))
    with job.follow() as follower:
        follower.finish()
    for name in PARTS[part]:
        damage(job.store / name)
    if part == "store" and damage in (remove, folder):
        assert job.reader.names() == [], "nothing says that there ever was one"
        return
    with pytest.raises(Damaged, match="stored metrics of this job are damaged"):
        job.values("loss")


def test_a_store_is_empty_before_its_first_point_and_damaged_at_no_time(job: Job) -> None:
    assert job.reader.names() == []
    with job.follow() as follower:
        assert job.reader.names() == []
        job.prints(line(1))
        writer = follower._writer
        code, one = writer.catalogue.codes[Source.JSON]["loss"], np.array([1])
        metrics = writer.catalogue.metrics
        batch = Batch(metrics=metrics, codes=np.array([code]), steps=one, values=np.array([1.0]), offsets=one)
        writer.append(batch, np.array([1.0]))
        assert job.reader.names() == [], "written, and not committed yet"


def test_a_store_that_lost_data_is_filled_again(job: Job) -> None:
    job.prints(line(1) * 100)
    with job.follow() as follower:
        follower.poll()
    os.truncate(job.store / "00000.points", 24)
    with job.follow() as follower:
        assert follower.poll() == 100
    assert job.values("loss") == [1] * 100


def test_memory_stays_flat_on_a_log_without_lines(job: Job) -> None:
    job.prints("x" * 8_000_000)
    script = textwrap.dedent(f"""
        import resource
        from pathlib import Path
        from openmo.metrics.follower import LogFollower
        root = Path({str(job.log.parent)!r})
        with LogFollower(root / "log", root / "log.times", root / "metrics") as follower:
            follower.poll(limit=2_000_000)
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            follower.finish()
            print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    """)
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert int(done.stdout) < 4_000, "KiB: less than the log itself by far"
