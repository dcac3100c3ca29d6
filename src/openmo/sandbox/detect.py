"""Which sandbox this machine offers."""

from openmo.sandbox.bubblewrap import detect_bubblewrap
from openmo.sandbox.landlock import detect_landlock
from openmo.sandbox.none import NoSandbox
from openmo.sandbox.policy import Sandbox


def detect_sandbox() -> Sandbox:
    """Landlock, else bubblewrap, else none (which says so in `isolates` and `describe`); takes some 30 ms."""
    return detect_landlock() or detect_bubblewrap() or NoSandbox()
