"""Waiting for what other processes and threads do."""

import time
from collections.abc import Callable
from typing import Any

DEADLINE = 120.0


def wait_for(condition: Callable[[], Any]) -> Any:
    """The first true value of `condition`; fails when there is none in two minutes."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.02)
    raise AssertionError("nothing came of it in time")
