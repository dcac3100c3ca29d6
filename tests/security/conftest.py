"""Every security test of the sandbox runs with Landlock alone and with a file system view of its own."""

from pathlib import Path

import pytest
from support.sandboxed import Ground, lay_ground

from openmo.sandbox.landlock import LandlockSandbox, detect_landlock


@pytest.fixture(params=["landlock", "own view"])
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Ground:
    """A small installation, seen from a sandboxed project."""
    best = detect_landlock()
    if best is None or (request.param == "own view" and not best.has_own_view):
        pytest.skip(f"this kernel does not offer: {request.param}")
    return lay_ground(tmp_path, LandlockSandbox(namespaces=request.param == "own view"))


@pytest.fixture
def own_view(tmp_path: Path) -> Ground:
    """The same, always with a file system view of its own."""
    best = detect_landlock()
    if best is None or not best.has_own_view:
        pytest.skip("this kernel lets us make no mount namespace")
    return lay_ground(tmp_path, best)
