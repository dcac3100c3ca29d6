"""Which sandbox this machine offers."""

from openmo.engines.bubblewrap import detect_bubblewrap
from openmo.engines.landlock import detect_landlock
from openmo.engines.nosandbox import NoSandbox
from openmo.ports.sandbox import Sandbox


def detect_sandbox() -> Sandbox:
    """Landlock, else bubblewrap, else none (which says so in `isolates` and `describe`); takes some 30 ms."""
    return detect_landlock() or detect_bubblewrap() or NoSandbox()
