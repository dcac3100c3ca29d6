"""From a notebook's cells to handler.py and app_spec.yml: what is proposed, and what is wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from openmo.core.errors import InvalidInput
from openmo.core.messages import message
from openmo.languages.language import ENGLISH, Language
from openmo.notebooks.selection import PreparedCell, error_at, select_cells, turned_off, unreadable, warning_at
from openmo.specs.completing import filled
from openmo.specs.edited import check_defaults, named_parts, read_edited
from openmo.specs.errors import SpecError
from openmo.specs.files import dump_app_spec, load_app_spec
from openmo.specs.generate import generate_handler
from openmo.specs.handler import read_handler
from openmo.specs.mistakes import Mistake, MistakeKind, find_mistakes
from openmo.specs.values import Parameter, Spec

HANDLER = "handler.py"
APP_SPEC = "app_spec.yml"


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
    selection = select_cells(notebook, chosen)
    cells = selection.cells
    handler = generate_handler(selection.taken, language)
    mistakes = [*unreadable(cells), *_passed_over(cells), *turned_off(handler), *find_mistakes(handler)]
    spec = Spec()
    try:
        reading = read_handler(handler, HANDLER)
    except SpecError as error:
        if not any(each.kind is MistakeKind.SYNTAX for each in mistakes):
            mistakes.append(error_at(error.line, error.message, MistakeKind.HANDLER))
    else:
        spec = reading.spec if kept is None else _completed(reading.spec, kept)
        mistakes += [
            warning_at(reading.line, each.message, MistakeKind.PLEASE_CHECK, each.subject) for each in reading.warnings
        ]
    return Preparation(cells=cells, handler=handler, mistakes=tuple(mistakes), spec=spec)


def spec_from_data(data: Mapping[str, object]) -> tuple[Spec, str]:
    """A spec as edited in a form (plain values, as in app_spec.yml) and its file's text.

    Raises InvalidInput, which names the input or output (whoever fills in a form does not see the file's lines), and
    SpecFileError for what is wrong with the whole.
    """
    parts = (
        (name, {section: {key: fields}})
        for section in ("input", "output")
        for name, key, fields in named_parts(data.get(section))
    )
    spec = read_edited(data, lambda text: load_app_spec(text, APP_SPEC), parts)
    check_defaults(spec.inputs)
    try:
        return spec, dump_app_spec(spec)
    except RecursionError as error:
        raise InvalidInput("The spec is nested too deeply.", field="spec") from error


def _passed_over(cells: Sequence[PreparedCell]) -> Iterator[Mistake]:
    """Why a cell with a `handle` of its own is not ticked, or has no effect."""
    *others, last = [cell.index + 1 for cell in cells if cell.choice.offers] or [0]
    for number in others:
        text = message(
            "Cells %(number)s and %(last)s both define handle; the last counts. Delete the one that you do not want.",
            number=number,
            last=last,
        )
        yield warning_at(None, text, MistakeKind.HANDLER)


def _completed(read: Spec, kept: Spec) -> Spec:
    """The spec that the code declares, with what it leaves open as the owner had it."""
    outputs = filled(read.outputs, kept.outputs, keyed=True)
    return Spec(inputs=filled(read.inputs, kept.inputs), outputs=outputs, extra=kept.extra)


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
