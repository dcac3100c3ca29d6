"""The writing end of a job's store.

Order of writing: segments, then names, then the commit. All are written *at* the place the last commit names, so what
a killed writer left behind it is cut off by its successor and was never visible to a reader: no point is lost that
the log still holds, and none appears twice.
"""

import fcntl
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import numpy as np

from openmo.core.plain import NoPlainFile, open_plain
from openmo.metrics.errors import StoreBusy
from openmo.metrics.reading.parser import ParserState
from openmo.metrics.store.catalogue import Catalogue, encode_metrics
from openmo.metrics.store.commit import SUM, Commit, CommitSlots, empty_rows, read_commit, write_all
from openmo.metrics.store.reader import NAMES_FILE, load_metrics, segment_path
from openmo.metrics.values import NO_STEP, POINT, Batch, Floats, Integers, Records, Source, Sums
from openmo.system.durable import sync_folder

_SYNC_ALL: Final = 64
"""Files; beyond it one sync of the whole system is cheaper than one for each file."""


class MetricsWriter:
    """The single writer of a store; opening goes back to the last commit and raises StoreBusy while another writes.

    A commit survives the death of every process. A power cut may take what was committed since the last *durable*
    commit; a store that then holds less than its commit says is emptied on opening, to be filled from the log again.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._lock = _lock(folder / "lock")
        self._commit: Commit
        self._slots: CommitSlots
        self._rows: Records
        self._sums: Sums
        self._last_time: float
        self.catalogue: Catalogue
        try:
            self._load()
        except BaseException:
            os.close(self._lock)
            raise

    @property
    def state(self) -> ParserState:
        """Where the parser stood at the last commit."""
        return self._commit.state

    @property
    def last_time(self) -> float:
        """The latest time of any point; times never go back."""
        return self._last_time

    def append(self, batch: Batch, times: Floats) -> None:
        """Write points, not yet visible to readers; `times` are unix seconds of each, ascending in each metric."""
        if not len(batch):
            return
        self._grow()
        order = np.argsort(batch.codes, kind="stable")
        codes = batch.codes[order]
        records = np.empty(len(batch), dtype=POINT)
        records["step"] = batch.steps[order]
        records["time"] = times[order]
        records["value"] = batch.values[order]
        self._last_time = max(self._last_time, float(times.max()))
        starts = np.flatnonzero(np.diff(codes, prepend=-1))
        text = [self.catalogue.metrics[code].source is Source.TEXT for code in codes[starts].tolist()]
        if any(text):
            codes, records = self._fold(codes, records, starts, text)
            starts = np.flatnonzero(np.diff(codes, prepend=-1))
        if len(codes):
            self._append_groups(codes[starts], starts, records)
        self._release_held()

    def commit(self, state: ParserState, *, durable: bool = False) -> None:
        """Make everything appended visible at once, together with how far the log is read."""
        self._grow()
        names_bytes = self._write_names()
        if durable:
            self._sync()
        commit = Commit(
            store=self._commit.store,
            generation=self._commit.generation + 1,
            names_bytes=names_bytes,
            last_time=self._last_time,
            state=state,
            table=self._rows.tobytes(),
            sums=self._sums.tobytes(),
        )
        self._slots.write(commit, durable=durable)
        if durable:
            sync_folder(self._folder)
            self._unsynced.clear()
        self._commit = commit
        self._named = len(self.catalogue)

    def rollback(self) -> None:
        """Forget what was appended since the last commit (a full disk, say)."""
        self._slots.close()
        self._load()

    def close(self) -> None:
        self._slots.close()
        os.close(self._lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _load(self) -> None:
        commit = read_commit(self._folder)
        metrics = None if commit is None else load_metrics(self._folder, commit)
        whole = commit is not None and metrics is not None and self._holds(commit)
        if commit is None or metrics is None or not whole:
            self._empty()
            commit, metrics = Commit(), []
        self._commit = commit
        self._slots = CommitSlots(self._folder)
        if not whole:  # from here on there is always a commit, so that a reader knows a store that has lost its own
            self._slots.write(commit, durable=False)
        self.catalogue = Catalogue(metrics)
        self._named = len(metrics)
        self._rows = commit.rows().copy()
        self._sums = self._loaded_sums(commit)
        self._last_time = commit.last_time
        self._unsynced: set[int] = set(range(len(metrics)))
        self._held: dict[int, Records] = {}

    def _holds(self, commit: Commit) -> bool:
        """Cut each segment to its committed length; False when one is shorter, or holds something else.

        Only a power cut, or a damage of the disk, does that.
        """
        lengths = (commit.rows()["rows"] * POINT.itemsize).tolist()
        paths = [segment_path(self._folder, code) for code in range(len(lengths))]
        if not all(map(_cut, paths, lengths)):
            return False
        sums = [commit.checksum(code) for code in range(len(lengths))]
        return all(
            known is None or not length or _sum_of(path) == known
            for path, length, known in zip(paths, lengths, sums, strict=True)
        )

    def _loaded_sums(self, commit: Commit) -> Sums:
        """Those of the commit; of a store of before there were any, those of what it holds now."""
        if commit.sums:
            return np.frombuffer(commit.sums, dtype=SUM).copy()
        lengths = commit.rows()["rows"].tolist()
        sums = [_sum_of(segment_path(self._folder, code)) or 0 if length else 0 for code, length in enumerate(lengths)]
        return np.array(sums, dtype=SUM)

    def _empty(self) -> None:
        """Unlinked, not truncated: a reader may have a segment mapped, and would die of a page that is gone."""
        stale = [*self._folder.glob("*.points"), *self._folder.glob("commit.*"), self._folder / NAMES_FILE]
        for path in stale:
            path.unlink(missing_ok=True)

    def _grow(self) -> None:
        missing = len(self.catalogue) - len(self._rows)
        if missing:
            self._rows = np.concatenate([self._rows, empty_rows(missing)])
            self._sums = np.concatenate([self._sums, np.zeros(missing, dtype=SUM)])

    def _write_names(self) -> int:
        """Append the names that are new since the last commit; the committed length of the file after it."""
        new = self.catalogue.metrics[self._named :]
        if not new:
            return self._commit.names_bytes
        data = encode_metrics(new)
        self._write(self._folder / NAMES_FILE, data, self._commit.names_bytes)
        return self._commit.names_bytes + len(data)

    def _append_groups(self, codes: Integers, starts: Integers, records: Records) -> None:
        """Write records that are grouped by metric, and bring each metric's row up to date."""
        rows = self._rows
        stops = np.append(starts[1:], len(records))
        places = (rows["rows"][codes] * POINT.itemsize).tolist()
        for code, start, stop, place in zip(codes.tolist(), starts.tolist(), stops.tolist(), places, strict=True):
            data = records[start:stop].tobytes()
            self._write(segment_path(self._folder, code), data, place)
            self._sums[code] = zlib.crc32(data, int(self._sums[code]))
        self._unsynced.update(codes.tolist())
        steps, values, last = records["step"], records["value"], records[stops - 1]
        goes_back = np.zeros(len(steps), dtype=bool)
        goes_back[1:] = steps[1:] < steps[:-1]
        goes_back[starts] = steps[starts] < rows["last_step"][codes]
        rows["ascending"][codes] &= ~np.logical_or.reduceat(goes_back, starts)
        rows["rows"][codes] += (stops - starts).astype(np.uint64)
        rows["stepped"][codes] += np.add.reduceat((steps != NO_STEP).astype(np.uint64), starts)
        rows["min"][codes] = np.fmin(rows["min"][codes], np.fmin.reduceat(values, starts))
        rows["max"][codes] = np.fmax(rows["max"][codes], np.fmax.reduceat(values, starts))
        for column in POINT.names or ():
            rows[f"last_{column}"][codes] = last[column]

    def _fold(self, codes: Integers, records: Records, starts: Integers, text: list[bool]) -> tuple[Integers, Records]:
        """Of each run of equal steps in progress text only the last stays; the final one is held for what follows."""
        stops = np.append(starts[1:], len(records)).tolist()
        parts: list[Records] = []
        numbers: list[Integers] = []
        for start, stop, is_text in zip(starts.tolist(), stops, text, strict=True):
            part, code = records[start:stop], int(codes[start])
            if is_text:
                part = self._fold_one(code, part)
            parts.append(part)
            numbers.append(np.full(len(part), code, dtype=np.int64))
        return np.concatenate(numbers), np.concatenate(parts)

    def _fold_one(self, code: int, records: Records) -> Records:
        row = self._rows[code]
        if row["held"]:
            held = np.array([(row["last_step"], row["last_time"], row["last_value"])], dtype=POINT)
            records = np.concatenate([held, records])
            row["held"] = 0
        steps = records["step"]
        is_last = np.append((steps[1:] != steps[:-1]) | (steps[1:] == NO_STEP), steps[-1] == NO_STEP)
        if not is_last[-1]:
            self._held[code] = records[-1]
        settled: Records = records[is_last]
        return settled

    def _release_held(self) -> None:
        """The held points become the last ones of their metrics, after the settled ones before them were counted."""
        for code, record in self._held.items():
            row = self._rows[code]
            row["held"] = 1
            for column in POINT.names or ():
                row[f"last_{column}"] = record[column]
        self._held.clear()

    def _write(self, path: Path, data: bytes, at: int) -> None:
        file = open_plain(path, os.O_WRONLY | os.O_CREAT, 0o640)
        try:
            write_all(file, data, at)
        finally:
            os.close(file)

    def _sync(self) -> None:
        if len(self._unsynced) > _SYNC_ALL:
            os.sync()
            return
        for path in (*self._unsynced_paths(), self._folder / NAMES_FILE):
            if path.exists():
                with path.open("rb") as file:
                    os.fsync(file.fileno())

    def _unsynced_paths(self) -> Iterator[Path]:
        return (segment_path(self._folder, code) for code in sorted(self._unsynced))


def _sum_of(path: Path) -> int | None:
    """The CRC-32 of a whole segment; None where something else than a file lies in its place."""
    found = 0
    try:
        with os.fdopen(open_plain(path), "rb") as file:
            while chunk := file.read(1 << 20):
                found = zlib.crc32(chunk, found)
    except NoPlainFile:
        return None
    return found


def _cut(path: Path, length: int) -> bool:
    """Make the file `length` bytes long by removing what is behind; False when there is less."""
    try:
        present = path.stat().st_size
    except FileNotFoundError:
        return length == 0
    if present > length:
        os.truncate(path, length)
    return present >= length


def _lock(path: Path) -> int:
    """Held by the open file, so the system gives it back when its owner dies."""
    file = open_plain(path, os.O_RDWR | os.O_CREAT, 0o640)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(file)
        raise StoreBusy("Another process already follows this job's log; let it finish or stop it.") from error
    return file
