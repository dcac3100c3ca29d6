"""All that a check found, in one value."""

from openmo.modules.checking.static import Examination
from openmo.modules.checking.values import CheckReport


def report_of(
    found: Examination, *, seconds: float = 0.0, methods: tuple[str, ...] = (), environment: str = "", log: str = ""
) -> CheckReport:
    """Each problem once; `methods` were called in `environment`."""
    return CheckReport(
        problems=tuple(dict.fromkeys(found.problems)),
        warnings=tuple(dict.fromkeys(found.warnings)),
        version_proposed=str(found.proposed),
        bump=found.bump,
        changes=found.changes,
        kind=found.kind,
        methods=methods,
        environment=environment,
        seconds=seconds,
        log=log,
    )
