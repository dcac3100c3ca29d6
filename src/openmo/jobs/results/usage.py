"""Reading what a job used (see `execution.inside.usage`)."""

from pathlib import Path

import numpy as np

from openmo.core.plain import NoPlainFile, read_plain
from openmo.execution.inside.usage import RECORD, USAGE
from openmo.jobs.results.values import Usage

_TYPE = np.dtype([("time", "<f8"), ("cpus", "<f8"), ("memory", "<u8"), ("gpus", "<f8"), ("gpu_memory", "<u8")])


def read_usage(folder: Path, *, points: int = 600) -> Usage:
    """At most `points` samples: of those that fall together the largest of each curve, so that no peak is lost."""
    try:
        data = read_plain(folder / USAGE)
    except (FileNotFoundError, NoPlainFile):
        data = b""
    records = np.frombuffer(data[: len(data) // RECORD.size * RECORD.size], dtype=_TYPE)
    starts = np.arange(0, len(records), -(-len(records) // max(1, points)) or 1)
    busy = np.nan_to_num(records["gpus"], nan=-1.0)
    gpus = [None if value < 0 else float(value) for value in _largest(busy, starts)]
    return Usage(
        time=records["time"][starts].tolist(),
        cpus=_largest(records["cpus"], starts).tolist(),
        memory=_largest(records["memory"], starts).tolist(),
        gpus=gpus,
        gpu_memory=_largest(records["gpu_memory"], starts).tolist(),
        has_gpus=any(value is not None for value in gpus) or bool(records["gpu_memory"].any()),
    )


def _largest(values: np.ndarray, starts: np.ndarray) -> np.ndarray:
    return np.maximum.reduceat(values, starts) if len(values) else values
