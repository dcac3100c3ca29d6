"""Delays between attempts."""

import random
from collections.abc import Iterator


def exponential(
    *, first: float = 0.1, factor: float = 2.0, ceiling: float = 10.0, jitter: float = 0.1
) -> Iterator[float]:
    """Endless delays in seconds: `first`, then `factor` times the last up to `ceiling`, each moved by ± `jitter`."""
    delay = first
    while True:
        yield delay * (1 + random.uniform(-jitter, jitter))  # noqa: S311 (spreads retries; no secret depends on it)
        delay = min(delay * factor, ceiling)
