"""The check in the environment that the module's requirements ask for (see `openmo.modules.checking.check`)."""

from openmo.core.errors import Conflict, InvalidInput, OpenMoError
from openmo.core.messages import as_message, message
from openmo.environments.modules import ModuleEnvironments
from openmo.environments.packages import REQUIREMENTS
from openmo.environments.recipes import UserEnvironment
from openmo.modules.checking.check import Candidate, ModuleCheck
from openmo.modules.checking.files import NotText, read_text
from openmo.modules.checking.report import report_of
from openmo.modules.checking.static import examine
from openmo.modules.checking.values import CheckReport, Problem, ProblemCode


class CheckInOwnEnvironment:
    """Chooses the environment, and has another check do the rest in it.

    Nothing is resolved or built for files in which something is wrong already. Raises EnvironmentBuilding while the
    environment is built; whoever asks again once it is there gets the report.
    """

    def __init__(self, check: ModuleCheck, environments: ModuleEnvironments) -> None:
        self._check = check
        self._environments = environments

    def check(self, candidate: Candidate, *, environment: UserEnvironment | None = None) -> CheckReport:
        """`environment`: None is the one that the requirements ask for."""
        requirements = _requirements(candidate)
        if environment is not None or not requirements.strip():
            return self._check.check(candidate, environment=environment)
        found = examine(candidate)
        if not found.problems:
            try:
                digest = self._environments.choose(requirements)
                chosen = self._environments.get(digest) if digest else None
            except (InvalidInput, Conflict) as error:
                found.problems.append(_problem(error, requirements))
            else:
                return self._check.check(candidate, environment=chosen)
        return report_of(found)


def _requirements(candidate: Candidate) -> str:
    try:
        return read_text(candidate.files, REQUIREMENTS) or ""
    except NotText:
        return ""  # which the check itself tells


def _problem(error: OpenMoError, requirements: str) -> Problem:
    return Problem(
        code=ProblemCode.REQUIREMENTS_NOT_RESOLVED,
        message=error.message,
        remedy=message("Change the line, or leave the package out; then check again."),
        file=REQUIREMENTS,
        line=_line(error, requirements),
    )


def _line(error: OpenMoError, requirements: str) -> int | None:
    """Of the line that the error names, or of the first whose package it tells of."""
    number = as_message(error.message).values.get("number")
    if isinstance(number, int):
        return number
    told = error.message.lower()
    for at, line in enumerate(requirements.splitlines(), start=1):
        words = line.partition("#")[0].strip()
        if words and words.lower().replace(" ", "") in told.replace(" ", ""):
            return at
    return None
