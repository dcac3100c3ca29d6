"""Durations in buckets that can be added up, so that quantiles of a month come from those of its hours."""

import math
from collections.abc import Mapping

_RATIO = math.log(1.1)
_SMALLEST = 1e-5


def bucket_of(seconds: float) -> int:
    """The bucket of a duration; each is a tenth wider than the one before."""
    return max(0, math.floor(math.log(max(seconds, _SMALLEST) / _SMALLEST) / _RATIO))


def quantile(buckets: Mapping[int, int], share: float) -> float | None:
    """Seconds that `share` (0 to 1) of the durations stay below, to within 5%; None without any."""
    rank = share * sum(buckets.values())
    seen = 0
    for bucket in sorted(buckets):
        seen += buckets[bucket]
        if seen >= rank and seen:
            return float(_SMALLEST * math.exp((bucket + 0.5) * _RATIO))
    return None
