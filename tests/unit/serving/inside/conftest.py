import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def own_modules() -> Iterator[None]:
    """A release's own modules leave with their test: here all releases are loaded into one process."""
    _forget()
    yield
    _forget()


def _forget() -> None:
    for name in ("handler", "helper"):
        sys.modules.pop(name, None)
