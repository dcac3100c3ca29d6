"""`log.times`: when the log had grown to which offset."""

import bisect
import os
from pathlib import Path
from typing import Final

import numpy as np

from openmo.core.plain import NoPlainFile, open_plain
from openmo.metrics.values import Floats, Integers, Records

TIMES_RECORD: Final = np.dtype([("offset", "<u8"), ("time", "<f8")])
_SIZE: Final = TIMES_RECORD.itemsize


def stamp(path: Path, offsets: Integers, *, size: int, modified: float) -> Floats:
    """Unix seconds at which the log grew past each of the ascending `offsets`.

    What lies behind the last record (the file is missing, its writer was killed or is a few milliseconds late) gets
    `modified`, when a log of `size` bytes was last written. Times ascend, whatever the file holds. Reads only the part
    of the file that these offsets need.
    """
    if not len(offsets):
        return np.empty(0)
    known = _read_between(path, int(offsets[0]), int(offsets[-1]))
    ends = np.append(np.maximum.accumulate(known["offset"]), np.uint64(max(size, int(offsets[-1]) + 1)))
    times = np.append(np.where(known["time"] < modified, known["time"], modified), modified)  # NaN is not below either
    covering = np.searchsorted(ends, offsets.astype(np.uint64), side="right").clip(max=len(times) - 1)
    stamps: Floats = np.maximum.accumulate(times)[covering]
    return stamps


def _read_between(path: Path, first: int, last: int) -> Records:
    """The records from the one that covers offset `first` to the one that covers `last`."""
    try:
        file = open_plain(path)
    except (FileNotFoundError, NoPlainFile):
        return np.empty(0, dtype=TIMES_RECORD)
    try:
        count = range(os.fstat(file).st_size // _SIZE)

        def offset_of(index: int) -> int:
            return int.from_bytes(os.pread(file, 8, index * _SIZE), "little")

        start = bisect.bisect_right(count, first, key=offset_of)
        stop = min(bisect.bisect_right(count, last, lo=start, key=offset_of) + 1, len(count))
        data = os.pread(file, (stop - start) * _SIZE, start * _SIZE)
        return np.frombuffer(data[: len(data) // _SIZE * _SIZE], dtype=TIMES_RECORD)
    finally:
        os.close(file)


def offset_at(path: Path, time: float) -> int:
    """The byte from which on everything was printed at `time` (Unix seconds) or later, as far as the records tell.

    0 where there are none. The clock may have been set back meanwhile; then any of the fitting bytes is given.
    """
    try:
        file = open_plain(path)
    except (FileNotFoundError, NoPlainFile):
        return 0
    try:
        count = os.fstat(file).st_size // _SIZE

        def record(index: int) -> tuple[int, float]:
            offset, moment = np.frombuffer(os.pread(file, _SIZE, index * _SIZE), dtype=TIMES_RECORD)[0]
            return int(offset), float(moment)

        # A record tells when the log had grown up to its offset: what came later begins there.
        earlier = bisect.bisect_left(range(count), time, key=lambda index: record(index)[1])
        return record(earlier - 1)[0] if earlier else 0
    finally:
        os.close(file)
