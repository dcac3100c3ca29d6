"""From what a trial wrote, and how its process ended, to problems in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from openmo.core.messages import message
from openmo.execution.executor import Exit, ExitKind
from openmo.modules.checking.inside.messages import LOAD, NETWORK, OWN, Began, Done, Failed, Finished, Touched, Value
from openmo.modules.checking.results import judge
from openmo.modules.checking.values import Problem, ProblemCode, WarningCode
from openmo.specs.examples import EXAMPLES
from openmo.specs.files import MODULE_SPEC
from openmo.specs.values import ModuleSpec
from openmo.system.records import Record
from openmo.wire.strict import WrongMessage, decoder

_CODE = "main.py"
_read = decoder(Began, Done, Failed, Value, Touched, Finished)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a trial went."""

    exit: Exit
    report: bytes
    """Its beginning, if it is very long."""
    log: str
    overfull: bool = False
    """Whether it was ended since it wrote too much."""


def problems_of(outcome: Outcome, spec: ModuleSpec, *, network: bool) -> Iterator[Problem]:
    """What went wrong, and in which line; warnings are among them. `network`: it might use that."""
    steps, damaged = _steps(outcome.report)
    finished = any(isinstance(each, Finished) for each in steps) and not damaged
    for each in steps:
        if isinstance(each, Failed):
            yield _failed(each)
        elif isinstance(each, Touched) and not (network and each.what == NETWORK):
            yield _touched(each)
    for method in dict.fromkeys(each.step for each in steps if isinstance(each, Done)):
        values = [each for each in steps if isinstance(each, Value) and each.step == method]
        yield from judge(method, spec.outputs.get(method, ()), values)
    well = outcome.exit.kind is ExitKind.EXITED and outcome.exit.code == 0
    if outcome.overfull or not (finished and well):
        yield _ended(outcome, _last(steps))


def called(report: bytes) -> tuple[str, ...]:
    """The steps that ended well."""
    return tuple(dict.fromkeys(each.step for each in _steps(report)[0] if isinstance(each, Done)))


def _steps(report: bytes) -> tuple[list[Record], bool]:
    """What can be read, and whether there is anything else: the module can write there, too."""
    found: list[Record] = []
    for line in report.splitlines():
        try:
            found.append(_read(line))
        except WrongMessage:
            return found, True
    return found, False


def _last(steps: Sequence[Record]) -> str:
    """The step during which the process ended, in words."""
    step = next((each.step for each in reversed(steps) if isinstance(each, Began)), LOAD)
    return _CODE if step == LOAD else step


def _failed(failed: Failed) -> Problem:
    if failed.absent:
        return Problem(
            code=WarningCode.NOT_TRIED,
            message=message(
                "%(method)s was not tried to its end: what its input %(name)s names by default is not there.",
                method=failed.step,
                name=repr(failed.absent[:60]),
            ),
            remedy=message(
                "Ship a small example in %(folder)s/, and name it below `%(key)s: %(method)s:` in %(spec)s.",
                folder=EXAMPLES,
                key=EXAMPLES,
                method=failed.step,
                spec=MODULE_SPEC,
            ),
            file=failed.file or _CODE,
            line=failed.line or None,
        )
    code, text, remedy = _failure_in_words(failed)
    return Problem(code=code, message=text, remedy=remedy, file=failed.file or _CODE, line=failed.line or None)


def _failure_in_words(failed: Failed) -> tuple[ProblemCode, str, str]:
    error = (f"{failed.error}: {failed.text}" if failed.text else failed.error)[:600]
    if failed.missing:
        text = message("The package %(name)s is missing.", name=failed.missing)
        return ProblemCode.PACKAGE_MISSING, text, message("Name it in requirements.txt, or do without it.")
    if failed.step == LOAD:
        text = message("The module cannot be loaded: %(error)s", error=error)
        return ProblemCode.NOT_LOADED, text, message("Correct this line, and check again.")
    text = message("%(method)s failed: %(error)s", method=failed.step, error=error)
    remedy = message("Correct the method, or the defaults and examples with which it was called.")
    return ProblemCode.METHOD_FAILED, text, remedy


def _touched(touched: Touched) -> Problem:
    if touched.what == NETWORK:
        return Problem(
            code=WarningCode.NETWORK_REFUSED,
            message=message(
                "The module tried to connect to %(address)s; a check has no network.", address=touched.path
            ),
            remedy=message(
                "Ship what the module needs, since people use it where there is no network, or write "
                "`network: true` in %(spec)s.",
                spec=MODULE_SPEC,
            ),
            file=_CODE,
        )
    own = touched.what == OWN
    return Problem(
        code=ProblemCode.OWN_FOLDER_WRITTEN if own else ProblemCode.OUTSIDE_WRITTEN,
        message=message("The module tried to write %(path)s in its own folder.", path=touched.path)
        if own
        else message("The module tried to write %(path)s, outside the project.", path=touched.path),
        remedy=message("Write where a parameter says, relative to the project: a module's folder is read-only."),
        file=_CODE,
    )


def _ended(outcome: Outcome, step: str) -> Problem:
    code, text, remedy = _end_in_words(outcome, step)
    return Problem(code=code, message=text, remedy=remedy, file=_CODE)


def _end_in_words(outcome: Outcome, step: str) -> tuple[ProblemCode, str, str]:
    less = message("Let defaults and examples mean little work: a few rows, one epoch.")
    kind = outcome.exit.kind
    if outcome.overfull:
        return ProblemCode.TOO_MUCH_WRITTEN, message("%(step)s wrote too much to the disk.", step=step), less
    if kind is ExitKind.TIME_LIMIT:
        return ProblemCode.TOO_SLOW, message("%(step)s took too long, and was ended.", step=step), less
    if kind is ExitKind.OUT_OF_MEMORY:
        return ProblemCode.OUT_OF_MEMORY, message("%(step)s took more memory than a check may.", step=step), less
    if kind is ExitKind.TOO_MANY_PROCESSES:
        text = message("%(step)s started more processes than a check may.", step=step)
        return ProblemCode.TOO_MANY_PROCESSES, text, message("Start none, or a few that end.")
    if kind in (ExitKind.EXITED, ExitKind.SIGNALLED):
        text = message("%(step)s ended the process, or what the check wrote was damaged.", step=step)
        return ProblemCode.ENDED_EARLY, text, message("Return or raise; never end the process.")
    text = message("The module could not be tried: %(reason)s", reason=outcome.exit.detail or kind)
    return ProblemCode.NOT_CHECKED, text, message("Check again; if it stays so, ask the administrator.")
