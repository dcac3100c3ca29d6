"""Metric lines, as the platform charts them."""

import json
import operator
import sys
import threading
from typing import Any, SupportsIndex

_lock = threading.Lock()


def log(step: SupportsIndex | None = None, epoch: SupportsIndex | None = None, **metrics: Any) -> None:
    """Print one metric line for each keyword, `{"metric": "loss", "value": 0.42, "epoch": 3}`, at once and unmixed.

    Numbers (also of numpy and torch) are charted over `step` or `epoch`, or over time when neither is given; NaN and
    infinities become gaps. Other values are printed and not charted. Safe to call from several threads.
    """
    position = {name: operator.index(value) for name, value in (("step", step), ("epoch", epoch)) if value is not None}
    lines = [
        json.dumps({"metric": name, "value": _plain(value), **position}, ensure_ascii=False)
        for name, value in metrics.items()
    ]
    if not lines:
        return
    with _lock:
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()


def _plain(value: Any) -> Any:
    if isinstance(value, bool | int | float | str) or value is None:
        return value
    item = getattr(value, "item", None)  # numpy and torch scalars
    if callable(item):
        try:
            return _plain(item())
        except (TypeError, ValueError, RuntimeError):
            return str(value)  # an array of many values
    return str(value)
