"""Which tests stay together on one worker, and which files come first."""

from xdist.scheduler import LoadScopeScheduling

FOLDERS = ("chaos", "e2e", "integration", "security", "properties", "contract", "migrations", "unit", "architecture")
"""Those with long files first, so that no worker begins one when the others are done."""
SPREAD = frozenset(
    {
        "tests/chaos/test_faults_named.py",
        "tests/chaos/test_processes_killed.py",
        "tests/chaos/test_services_stopped.py",
        "tests/chaos/test_up_kill.py",
        "tests/security/test_routes_policy.py",
        "tests/security/test_sandbox_tools.py",
        "tests/unit/examples/test_templates.py",
    }
)
"""Long files whose tests share nothing that is slow to start: each of their tests may run beside the others."""


class Schedule(LoadScopeScheduling):  # type: ignore[misc]  # xdist ships no types
    """A file's tests stay together, since they share what is slow to start, but for those of SPREAD."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return nodeid if file in SPREAD else file
