"""What a module's files say, compared with each other and with the last release; nothing of them is run."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from openmo.core.hostile.folder import HostileFolder
from openmo.core.messages import message
from openmo.core.versions import Version
from openmo.modules.checking.check import Candidate
from openmo.modules.checking.files import NotText, look_at_files, read_text
from openmo.modules.checking.values import FIRST_VERSION, Problem, ProblemCode, WarningCode
from openmo.modules.compatibility.compare import compare
from openmo.modules.compatibility.signatures import Surface, read_surface
from openmo.modules.compatibility.types import type_name
from openmo.modules.compatibility.values import Bump, Change, ComparedVersion
from openmo.specs.errors import SpecError
from openmo.specs.files import MODULE_SPEC, load_module_spec
from openmo.specs.module import ModuleKind, ModuleReading, read_module
from openmo.specs.values import MODULE_METHODS, ModuleSpec

CODE = "main.py"


@dataclass(slots=True)
class Examination:
    """What was found without running anything."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    spec: ModuleSpec = field(default_factory=ModuleSpec)
    surface: Surface | None = None
    methods: tuple[str, ...] = ()
    """Those of the spec that the class has."""
    bump: Bump | None = None
    changes: tuple[Change, ...] = ()
    proposed: Version = FIRST_VERSION

    @property
    def network(self) -> bool:
        """Whether the module asks for the network, by `network: true` in its spec file."""
        return self.spec.extra.get("network") is True

    @property
    def reading(self) -> ModuleReading | None:
        """What main.py offers; None where it cannot be read."""
        return None if self.surface is None else self.surface.reading

    @property
    def kind(self) -> ModuleKind | None:
        return None if self.reading is None else self.reading.kind


def examine(candidate: Candidate) -> Examination:
    """Reads files, spec and code."""
    found = Examination()
    files = look_at_files(candidate.files)
    found.problems += files.problems
    found.warnings += files.warnings
    has_spec, source = _read_spec(candidate.files, found), _read_code(candidate.files, found)
    if has_spec and found.surface is not None and (reading := found.reading) is not None:
        found.methods = tuple(name for name in MODULE_METHODS if name in found.surface.methods)
        found.problems += _missing(found.spec, found.surface, reading)
        _compare_with_code(candidate.name, found, reading)
        _compare_with_release(candidate, found, ComparedVersion(spec=found.spec, kind=reading.kind, source=source))
    return found


def _read_spec(files: HostileFolder, found: Examination) -> bool:
    try:
        text = read_text(files, MODULE_SPEC)
        if text is not None:
            found.spec = load_module_spec(text)
            return True
        found.problems.append(
            Problem(
                code=ProblemCode.NO_SPEC,
                message=message("There is no %(file)s.", file=MODULE_SPEC),
                remedy=message("Prepare the files again, or write what each method takes and gives."),
                file=MODULE_SPEC,
            )
        )
    except NotText as error:
        found.problems.append(_no_text(ProblemCode.SPEC_UNREADABLE, MODULE_SPEC, error))
    except SpecError as error:
        found.problems.append(_unreadable(ProblemCode.SPEC_UNREADABLE, error))
    return False


def _read_code(files: HostileFolder, found: Examination) -> str:
    """Its source; empty where it cannot be read."""
    try:
        source = read_text(files, CODE)
        if source is not None:
            found.surface = read_surface(source)
            return source
        found.problems.append(
            Problem(
                code=ProblemCode.NO_CODE,
                message=message("There is no %(file)s.", file=CODE),
                remedy=message("Write the module's class there, with predict or run."),
                file=CODE,
            )
        )
    except NotText as error:
        found.problems.append(_no_text(ProblemCode.CODE_UNREADABLE, CODE, error))
    except SpecError as error:
        found.problems.append(_unreadable(ProblemCode.CODE_UNREADABLE, error))
    return ""


def _no_text(code: ProblemCode, file: str, error: NotText) -> Problem:
    remedy = message("Save it as text in UTF-8, and keep data in files of their own.")
    return Problem(code=code, message=error.problem, remedy=remedy, file=file)


def _unreadable(code: ProblemCode, error: SpecError) -> Problem:
    remedy = message("Correct this place, and check again.")
    return Problem(code=code, message=error.problem, remedy=remedy, file=error.file, line=error.line)


def _missing(spec: ModuleSpec, surface: Surface, reading: ModuleReading) -> Iterator[Problem]:
    for name in MODULE_METHODS:
        if (spec.inputs.get(name) or spec.outputs.get(name)) and name not in surface.methods:
            yield Problem(
                code=ProblemCode.METHOD_MISSING,
                message=message(
                    "%(spec)s tells of the method %(method)s, which the class %(name)s lacks.",
                    spec=MODULE_SPEC,
                    method=name,
                    name=reading.class_name,
                ),
                remedy=message("Write the method, or take it out of %(spec)s.", spec=MODULE_SPEC),
                file=CODE,
                line=reading.line,
            )


def _compare_with_code(name: str, found: Examination, reading: ModuleReading) -> None:
    wanted = name.replace("-", "_")
    if reading.class_name != wanted:
        found.warnings.append(
            Problem(
                code=WarningCode.CLASS_NAME,
                message=message("The class is called %(name)s, and not as the module.", name=reading.class_name),
                remedy=message("Call it %(name)s.", name=wanted),
                file=CODE,
                line=reading.line,
            )
        )
    for method in reading.methods:
        if method not in found.spec.inputs and method not in found.spec.outputs:
            found.warnings.append(_undeclared_method(method, reading.line))
        _compare_inputs(method, found, reading)


def _undeclared_method(method: str, line: int) -> Problem:
    return Problem(
        code=WarningCode.METHOD_UNDECLARED,
        message=message("%(spec)s says nothing of the method %(method)s.", spec=MODULE_SPEC, method=method),
        remedy=message("Prepare the files again, so that people see what it takes and gives."),
        file=CODE,
        line=line,
    )


def _compare_inputs(method: str, found: Examination, reading: ModuleReading) -> None:
    """What the code reads of conf must be declared; other differences are worth a look."""
    declared = {each.name: each for each in found.spec.inputs.get(method, ())}
    for each in reading.spec.inputs[method]:
        known = declared.get(each.name)
        if known is None and each.required:
            found.problems.append(
                Problem(
                    code=ProblemCode.INPUT_UNDECLARED,
                    message=message(
                        "%(method)s demands %(name)s, which %(spec)s does not declare.",
                        method=method,
                        name=repr(each.name[:60]),
                        spec=MODULE_SPEC,
                    ),
                    remedy=message("Declare it in %(spec)s, or read it with conf.get and a default.", spec=MODULE_SPEC),
                    file=CODE,
                    line=reading.line,
                )
            )
        elif known is not None and not each.check and type_name(known) != type_name(each):
            found.warnings.append(
                Problem(
                    code=WarningCode.SPEC_AND_CODE_DIFFER,
                    message=message(
                        "%(method)s: %(name)s is of the type %(spec_type)s in %(spec)s, and %(code_type)s in the code.",
                        method=method,
                        name=repr(each.name[:60]),
                        spec_type=type_name(known),
                        spec=MODULE_SPEC,
                        code_type=type_name(each),
                    ),
                    remedy=message("Prepare the files again, or correct the one that is wrong."),
                    file=CODE,
                    line=reading.line,
                )
            )


def _compare_with_release(candidate: Candidate, found: Examination, new: ComparedVersion) -> None:
    previous = candidate.previous
    if previous is None:
        return
    try:
        old_kind = read_module(previous.source).kind
        old = ComparedVersion(spec=load_module_spec(previous.spec), kind=old_kind, source=previous.source)
        comparison = compare(old, new)
    except SpecError:  # what OpenMo no longer reads: nobody can rely on it
        found.proposed = Bump.MINOR.after(previous.version)
        return
    found.bump, found.changes = comparison.bump, comparison.changes
    found.proposed = comparison.bump.after(previous.version)
    if candidate.version is not None and candidate.version < found.proposed:
        found.problems.append(_too_small(candidate.version, found.proposed, comparison.changes))


def _too_small(wished: Version, least: Version, changes: tuple[Change, ...]) -> Problem:
    first = next(iter(changes), None)
    return Problem(
        code=ProblemCode.VERSION_TOO_SMALL,
        message=message(
            "%(wished)s is too small: %(change)s",
            wished=wished,
            change=message("a version with this number or a larger one is there.") if first is None else first.message,
        ),
        remedy=message("Publish it as %(least)s, or keep what callers rely on.", least=least),
        file=MODULE_SPEC,
    )
