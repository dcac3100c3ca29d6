"""How much of what can be repeated at will: a light dose for each commit, the full one for `make test-deep`."""

import os
from typing import TypeVar

import pytest

_T = TypeVar("_T")

# Set by tests/conftest.py alone, from `--deep`: it reaches the workers, and processes that tests start.
DEEP_VARIABLE = "DEEP_TESTS"


CHINESE_TWIN = pytest.mark.deep("the same walk in Chinese")
"""Of a walk whose English self runs each time; that every text is translated is checked elsewhere, and quickly."""


def is_deep() -> bool:
    """Whether this is the full dose."""
    return os.environ.get(DEEP_VARIABLE) == "1"


def dose(light: _T, deep: _T) -> _T:
    """`light`, or `deep` in `make test-deep`."""
    return deep if is_deep() else light
