"""The columnar store of one job's points, as readers see it: a folder with a segment for each metric, the names, and a
commit that says how much of each is true.

Readers need no lock and never wait: what a commit covers is never written again.
"""

import math
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import msgspec
import numpy as np

from openmo.core.errors import Damaged
from openmo.core.messages import message
from openmo.core.plain import NoPlainFile, read_plain
from openmo.metrics.errors import MetricNotFound
from openmo.metrics.store.catalogue import decode_metrics
from openmo.metrics.store.checksums import VerifiedSegments
from openmo.metrics.store.commit import Commit, read_commit, was_written
from openmo.metrics.values import NO_STEP, POINT, Axis, Metric, MetricSummary, Records, Source, StoreStatus

NAMES_FILE: Final = "names"
_VERIFIED: Final = VerifiedSegments()


def segment_path(folder: Path, code: int) -> Path:
    """Named by number alone: metric names are what a user's program printed."""
    return folder / f"{code:05d}.points"


def load_metrics(folder: Path, commit: Commit) -> list[Metric] | None:
    """The committed names in order of their numbers, None when the folder no longer holds them all."""
    try:
        metrics = decode_metrics(read_plain(folder / NAMES_FILE, limit=commit.names_bytes))
    except (FileNotFoundError, NoPlainFile):
        metrics = []
    except msgspec.MsgspecError:
        return None
    return metrics if len(metrics) == len(commit.rows()) else None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MetricRecords:
    """All committed points of one metric in the order of printing; `records` is a POINT array, mapped from the file.

    `is_ascending` says that every point has a step and that steps never go back.
    """

    metric: Metric
    records: Records
    stepped: int
    is_ascending: bool

    @property
    def axis(self) -> Axis:
        """The natural X axis: time, unless points have steps or epochs."""
        return _natural_axis(self.metric, has_steps=bool(self.stepped))


_SummaryRow: TypeAlias = tuple[int, int, int, float, float, float, float, int, int]
"""A row of METRIC_ROW, as Python's numbers."""


class MetricsReader:
    """Reads a store in any process, beside its writer; every call sees the commit of that moment.

    A folder without a store is an empty store: the job has printed no metric yet. Every call raises Damaged where
    there was one, and it holds less than was committed; its writer fills it again while the job runs.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._commit = Commit(store="")
        self._metrics: list[Metric] = []
        self._codes: dict[str, int] = {}

    def names(self) -> list[str]:
        """In the order of their first point; text metrics that are also printed as JSON are left out."""
        self._refresh()
        return list(self._codes)

    def status(self) -> StoreStatus:
        """How far the log is read, and what was refused."""
        self._refresh()
        rows, state = self._commit.rows(), self._commit.state
        visible = rows[list(self._codes.values())]
        return StoreStatus(
            log_offset=state.offset,
            metrics=len(visible),
            points=int(visible["rows"].sum()) + int(visible["held"].sum()),
            dropped=state.dropped,
            long_lines=state.long_lines,
            malformed=state.malformed,
            malformed_at=state.malformed_at,
        )

    def summaries(self) -> list[MetricSummary]:
        """One for each name; reads the commit alone, whatever the number of points."""
        self._refresh()
        rows = self._commit.rows().tolist()
        return [_summary(self._metrics[code], rows[code]) for code in self._codes.values()]

    def records(self, name: str) -> MetricRecords:
        """The points of one metric; raises MetricNotFound for a name that was never printed."""
        self._refresh()
        code = self._codes.get(name)
        if code is None:
            raise MetricNotFound(
                message("This job has printed no metric named %(name)s.", name=repr(name[:80])), metric=name[:200]
            )
        row = self._commit.rows()[code]
        path = segment_path(self._folder, code)
        records = _map(path, int(row["rows"]))
        if len(records) < int(row["rows"]) or not _VERIFIED.holds(path, records, self._commit.checksum(code)):
            raise _damaged()
        stepped, is_ascending = int(row["stepped"]), bool(row["ascending"])
        if row["held"]:
            held = np.array([(row["last_step"], row["last_time"], row["last_value"])], dtype=POINT)
            is_ascending &= not len(records) or bool(records["step"][-1] <= held["step"][0])
            records = np.concatenate([records, held])
            stepped += 1
        return MetricRecords(
            metric=self._metrics[code],
            records=records,
            stepped=stepped,
            is_ascending=is_ascending and stepped == len(records),
        )

    def _refresh(self) -> None:
        commit = read_commit(self._folder)
        if commit is None and was_written(self._folder):
            raise _damaged()
        if commit is None or (commit.generation == self._commit.generation and commit.store == self._commit.store):
            return
        if commit.names_bytes != self._commit.names_bytes or commit.store != self._commit.store:
            metrics = load_metrics(self._folder, commit)
            if metrics is None:
                raise _damaged()
            self._metrics = metrics
            printed = {item.name for item in metrics if item.source is Source.JSON}
            self._codes = {
                item.name: code
                for code, item in enumerate(metrics)
                if item.source is Source.JSON or item.name not in printed
            }
        self._commit = commit


def _damaged() -> Damaged:
    return Damaged(
        message(
            "The stored metrics of this job are damaged: restore its folder in jobs/ from a backup, or run it again. "
            "Its log may still show them."
        )
    )


def _summary(metric: Metric, row: _SummaryRow) -> MetricSummary:
    rows, stepped, last_step, last_time, last_value, lowest, highest, _, held = row
    if held:
        present = [value for value in (lowest, highest, last_value) if not math.isnan(value)]
        lowest, highest = min(present, default=math.nan), max(present, default=math.nan)
    return MetricSummary(
        name=metric.name,
        axis=_natural_axis(metric, has_steps=bool(stepped or held)),
        count=rows + held,
        last_value=last_value,
        last_step=None if last_step == NO_STEP else last_step,
        last_time=last_time,
        min=None if math.isnan(lowest) else lowest,
        max=None if math.isnan(highest) else highest,
    )


def _natural_axis(metric: Metric, *, has_steps: bool) -> Axis:
    if not has_steps:
        return Axis.TIME
    return Axis.EPOCH if metric.axis is Axis.EPOCH else Axis.STEP


def _map(path: Path, rows: int) -> Records:
    """The committed part of a segment, less what is gone."""
    try:
        status = path.lstat()
        present = min(rows, status.st_size // POINT.itemsize) if stat.S_ISREG(status.st_mode) else 0
    except (FileNotFoundError, NotADirectoryError):
        present = 0
    if not present:
        return np.empty(0, dtype=POINT)
    return np.memmap(path, dtype=POINT, mode="r", shape=(present,)).view(np.ndarray)  # whose items are cheaper to get
