"""From a notebook's cells to handler.py and app_spec.yml: what is proposed, and what is wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from openmo.core.errors import InvalidInput
from openmo.core.messages import as_message, message
from openmo.languages.language import ENGLISH, Language
from openmo.notebooks.quiet import TURNED_OFF, turn_off_commands
from openmo.notebooks.reading import CellKind, read_cells
from openmo.specs.cells import CellChoice, Reason, choose_cells
from openmo.specs.convert import Mismatch, converter
from openmo.specs.errors import SpecError, SpecFileError
from openmo.specs.files import dump_app_spec, load_app_spec
from openmo.specs.generate import generate_handler
from openmo.specs.handler import read_handler
from openmo.specs.mistakes import Mistake, MistakeKind, Severity, find_mistakes
from openmo.specs.safe_yaml import dump
from openmo.specs.values import Parameter, Spec, ValueType

HANDLER = "handler.py"
APP_SPEC = "app_spec.yml"
CELL_LIMIT = 2000
_HEAD_LENGTH = 100
_COMMAND_LENGTH = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedCell:
    """One code cell, as a person decides about it."""

    index: int
    """Among all cells of the notebook, from 0."""
    id: str
    """The notebook's own name of the cell; empty in old formats."""
    head: str
    """Its first line that says something."""
    ticked: bool
    """Whether the handler.py shown is made with it."""
    choice: CellChoice

    @property
    def why(self) -> str:
        """The reason for the tick, in a sentence; empty without one."""
        names = ", ".join(self.choice.needed_for)
        match self.choice.reason:
            case Reason.HANDLER:
                return message("It defines handle.")
            case Reason.CLIENT:
                return message("It makes the client that calls modules.")
            case Reason.DEFINES:
                return message("It defines %(names)s.", names=names)
            case Reason.CHANGES:
                return message("It changes %(names)s.", names=names)
            case Reason.STAR:
                return message("Its import * may define %(names)s.", names=names)
            case None:
                return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """What the chosen cells make."""

    cells: tuple[PreparedCell, ...]
    handler: str
    mistakes: tuple[Mistake, ...]
    spec: Spec


def prepare_app(
    notebook: Mapping[str, object],
    chosen: Sequence[int | str] | None = None,
    *,
    kept: Spec | None = None,
    language: Language = ENGLISH,
) -> Preparation:
    """The handler.py that the chosen cells make, and its spec; `chosen` (indices or ids) None: those proposed.

    `kept` is the project's present spec: what the code leaves open (descriptions, ranges, defaults, guessed types) is
    taken from it. Nothing is run. Raises NotebookError and InvalidInput for what names no cell.
    """
    found = _code_cells(notebook)
    quiet = [turn_off_commands(source).text for _, _, source in found]
    choices = choose_cells(quiet)
    wanted = None if chosen is None else _indices(found, chosen)
    cells = tuple(
        PreparedCell(
            index=index,
            id=name,
            head=_head(source),
            ticked=choice.ticked if wanted is None else index in wanted,
            choice=choice,
        )
        for (index, name, source), choice in zip(found, choices, strict=True)
    )
    taken = [text for cell, text in zip(cells, quiet, strict=True) if cell.ticked and not cell.choice.problem]
    handler = generate_handler(taken, language)
    mistakes = [*_unreadable(cells), *_passed_over(cells), *_turned_off(handler), *find_mistakes(handler)]
    spec = Spec()
    try:
        reading = read_handler(handler, HANDLER)
    except SpecError as error:
        if not any(each.kind is MistakeKind.SYNTAX for each in mistakes):
            mistakes.append(_error(error.line, error.message, MistakeKind.HANDLER))
    else:
        spec = reading.spec if kept is None else _completed(reading.spec, kept)
        mistakes += [
            _warning(reading.line, each.message, MistakeKind.PLEASE_CHECK, each.subject) for each in reading.warnings
        ]
    return Preparation(cells=cells, handler=handler, mistakes=tuple(mistakes), spec=spec)


def spec_from_data(data: Mapping[str, object]) -> tuple[Spec, str]:
    """A spec as edited in a form (plain values, as in app_spec.yml) and its file's text.

    Raises InvalidInput, which names the input or output (whoever fills in a form does not see the file's lines), and
    SpecFileError for what is wrong with the whole.
    """
    try:
        spec = load_app_spec(dump(dict(data)), APP_SPEC)
        text = dump_app_spec(spec)
    except RecursionError as error:
        raise InvalidInput("The spec is nested too deeply.", field="spec") from error
    except SpecFileError as error:
        if isinstance(error.__cause__, Mismatch):  # it names the parameter itself
            raise InvalidInput(error.problem, field="spec") from error
        if (name := _culprit(data)) is not None:
            text = message("%(name)s: %(problem)s", name=name, problem=error.problem)
            raise InvalidInput(text, field="spec") from error
        raise
    for parameter in spec.inputs:
        _check_default(parameter)
    return spec, text


def _culprit(data: Mapping[str, object]) -> str | None:
    """The first input or output that is wrong by itself."""
    for section in ("input", "output"):
        parameters = data.get(section)
        for key, fields in parameters.items() if isinstance(parameters, Mapping) else ():
            try:
                load_app_spec(dump({section: {key: fields}}), APP_SPEC)
            except SpecFileError:
                return str(fields.get("name") or key) if isinstance(fields, Mapping) else str(key)
    return None


def _check_default(parameter: Parameter) -> None:
    if not parameter.has_default or parameter.value_type.is_file or parameter.value_type is ValueType.DATAFRAME:
        return
    try:
        converter(parameter, from_form=False)(parameter.default_value)
    except Mismatch as mismatch:
        refusal = message(
            "The default of %(name)s does not fit: %(problem)s",
            name=repr(parameter.name[:80]),
            problem=mismatch.message,
        )
        raise InvalidInput(refusal, field="spec") from mismatch


def _code_cells(notebook: Mapping[str, object]) -> list[tuple[int, str, str]]:
    """(index, id, source) of each code cell."""
    cells = read_cells(notebook)
    if len(cells) > CELL_LIMIT:
        raise InvalidInput(
            message(
                "The notebook has over %(limit)s cells; put the app into one of its own.",
                limit=f"{CELL_LIMIT:,}",
            )
        )
    raw = notebook.get("cells")
    names = [each.get("id", "") for each in raw] if isinstance(raw, list) else []
    return [
        (index, str(names[index]) if index < len(names) else "", cell.source)
        for index, cell in enumerate(cells)
        if cell.kind is CellKind.CODE
    ]


def _indices(found: Sequence[tuple[int, str, str]], chosen: Sequence[int | str]) -> frozenset[int]:
    by_name: dict[int | str, int] = {name: index for index, name, _ in found if name}
    by_name |= {index: index for index, _, _ in found}
    for each in chosen:
        if each not in by_name:
            refusal = message("There is no code cell %(cell)s in this notebook any more.", cell=repr(str(each)[:80]))
            raise InvalidInput(refusal, field="cells")
    return frozenset(by_name[each] for each in chosen)


def _head(source: str) -> str:
    lines = (line.strip() for line in source.split("\n"))
    return next((line for line in lines if line.strip("# ")), "")[:_HEAD_LENGTH]


def _unreadable(cells: Sequence[PreparedCell]) -> Iterator[Mistake]:
    for cell in cells:
        if cell.ticked and cell.choice.problem:
            text = message(
                "Cell %(number)s is left out, since it is not plain Python: %(problem)s",
                number=cell.index + 1,
                problem=cell.choice.problem,
            )
            yield _error(None, text, MistakeKind.SYNTAX)


def _passed_over(cells: Sequence[PreparedCell]) -> Iterator[Mistake]:
    """Why a cell with a `handle` of its own is not ticked, or has no effect."""
    *others, last = [cell.index + 1 for cell in cells if cell.choice.defines_handler] or [0]
    for number in others:
        text = message(
            "Cells %(number)s and %(last)s both define handle; the last counts. Delete the one that you do not want.",
            number=number,
            last=last,
        )
        yield _warning(None, text, MistakeKind.HANDLER)


def _turned_off(handler: str) -> Iterator[Mistake]:
    for number, line in enumerate(handler.split("\n"), start=1):
        code = line.strip().removeprefix("pass").lstrip()
        if code.startswith(TURNED_OFF):
            command = code.removeprefix(TURNED_OFF)[:_COMMAND_LENGTH]
            text = message("%(command)s works in notebooks only and is turned off.", command=command)
            yield _warning(number, text, MistakeKind.TURNED_OFF, command)


def _completed(read: Spec, kept: Spec) -> Spec:
    """The spec that the code declares, with what it leaves open as the owner had it."""
    outputs = _filled(read.outputs, kept.outputs, keyed=True)
    return Spec(inputs=_filled(read.inputs, kept.inputs), outputs=outputs, extra=kept.extra)


def _filled(read: tuple[Parameter, ...], kept: tuple[Parameter, ...], *, keyed: bool = False) -> tuple[Parameter, ...]:
    known = {each.key: each for each in kept if each.key and keyed} | {each.name: each for each in kept}
    return tuple(_fill(each, known[each.name]) if each.name in known else each for each in read)


def _fill(read: Parameter, kept: Parameter) -> Parameter:
    read = replace(read, name=kept.name, key=kept.key)  # the code may use the key of an output
    if read.check:
        return replace(kept, description=kept.description or read.description)
    if read.value_type is not kept.value_type:
        return replace(read, description=read.description or kept.description)
    default = read if read.has_default or not kept.has_default else kept
    return replace(
        read,
        description=read.description or kept.description,
        has_default=default.has_default,
        default_value=default.default_value,
        value_range=read.value_range or kept.value_range,
        optional=read.optional or kept.optional,
        extra={**kept.extra, **read.extra},
    )


def _error(line: int | None, text: str, kind: MistakeKind) -> Mistake:
    return Mistake(line=line, message=as_message(text), severity=Severity.ERROR, kind=kind)


def _warning(line: int | None, text: str, kind: MistakeKind, subject: str = "") -> Mistake:
    return Mistake(line=line, message=as_message(text), severity=Severity.WARNING, kind=kind, subject=subject)


def _only_in(kind: str, name: str, here: str, there: str) -> str:
    if kind == "input":
        return message("input %(name)s is in %(here)s but not in %(there)s.", name=repr(name), here=here, there=there)
    return message("output %(name)s is in %(here)s but not in %(there)s.", name=repr(name), here=here, there=there)


def spec_differences(code: Spec, spec: Spec) -> tuple[str, ...]:
    """What app_spec.yml and the handler's code disagree about."""
    found: list[str] = []
    pairs: tuple[tuple[str, Sequence[Parameter], Sequence[Parameter]], ...] = (
        ("input", code.inputs, spec.inputs),
        ("output", code.outputs, spec.outputs),
    )
    for kind, in_code, in_spec in pairs:
        names = {item.key: item.name for item in in_spec if item.key and kind == "output"}
        code_names, spec_names = {names.get(item.name, item.name) for item in in_code}, {item.name for item in in_spec}
        found += [_only_in(kind, name, HANDLER, APP_SPEC) for name in sorted(code_names - spec_names)]
        found += [_only_in(kind, name, APP_SPEC, HANDLER) for name in sorted(spec_names - code_names)]
    return tuple(found)
