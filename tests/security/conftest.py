"""What security tests share: the sandbox with and without a file system view of its own, and a town to ask about."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.routes import Town, town_on_sqlite
from support.sandboxed import Ground, lay_ground

from openmo.sandbox.landlock import LandlockSandbox, detect_landlock


@pytest.fixture(params=["landlock", "own view"])
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    """A small installation, seen from a sandboxed project."""
    best = detect_landlock()
    if best is None or (request.param == "own view" and not best.has_own_view):
        pytest.skip(f"this kernel does not offer: {request.param}")
    with tempfile.TemporaryDirectory() as folder:  # short: sockets in its TMPDIR have names of at most 107 bytes
        yield lay_ground(Path(folder), LandlockSandbox(namespaces=request.param == "own view"))


@pytest.fixture
def landlock(tmp_path: Path) -> Ground:
    """The same, always without a file system view of its own."""
    if detect_landlock() is None:
        pytest.skip("this kernel has no Landlock")
    return lay_ground(tmp_path, LandlockSandbox(namespaces=False))


@pytest.fixture
def own_view(tmp_path: Path) -> Ground:
    """The same, always with a file system view of its own."""
    best = detect_landlock()
    if best is None or not best.has_own_view:
        pytest.skip("this kernel lets us make no mount namespace")
    return lay_ground(tmp_path, best)


@pytest.fixture(scope="module")
def town(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town that the tests of one file share: they leave it as it is."""
    with town_on_sqlite(migrated_sqlite, tmp_path_factory.mktemp("town")) as town:
        yield town


@pytest.fixture
def fresh_town(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Town]:
    """A town of the test's own, which it may change."""
    with town_on_sqlite(migrated_sqlite, tmp_path) as town:
        yield town
