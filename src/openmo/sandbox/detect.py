"""Which sandbox this machine offers."""

from collections.abc import Sequence

from openmo.sandbox.bubblewrap import detect_bubblewrap
from openmo.sandbox.landlock import detect_landlock
from openmo.sandbox.none import NoSandbox
from openmo.sandbox.policy import Sandbox


def detect_sandbox(system_calls: Sequence[str] = ()) -> Sandbox:
    """Landlock, else bubblewrap, else none (which says so in `isolates` and `describe`); takes some 30 ms.

    `system_calls`: groups of risky calls that are let through; see `openmo.sandbox.inside.system_calls`.
    """
    return detect_landlock(system_calls) or detect_bubblewrap() or NoSandbox()
