"""From a notebook's cells to main.py and module_spec.yml: what is proposed, and what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openmo.core.errors import InvalidInput
from openmo.languages.language import ENGLISH, Language
from openmo.notebooks.selection import PreparedCell, error_at, select_cells, turned_off, unreadable, warning_at
from openmo.projects.publishing.skeleton import MAIN, class_name
from openmo.specs.cells import module_aim
from openmo.specs.classes import generate_module
from openmo.specs.completing import filled
from openmo.specs.edited import check_defaults, named_parts, read_edited
from openmo.specs.errors import SpecError
from openmo.specs.files import dump_module_spec, load_module_spec
from openmo.specs.mistakes import Mistake, MistakeKind, find_mistakes
from openmo.specs.module import ModuleReading, read_module
from openmo.specs.values import ModuleSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class ModulePreparation:
    """What the chosen cells make."""

    cells: tuple[PreparedCell, ...]
    main: str
    mistakes: tuple[Mistake, ...]
    spec: ModuleSpec


def prepare_module(
    notebook: Mapping[str, object],
    chosen: Sequence[int | str] | None = None,
    *,
    name: str,
    kept: ModuleSpec | None = None,
    language: Language = ENGLISH,
) -> ModulePreparation:
    """The main.py that the chosen cells make of the module `name`, and its spec; `chosen` None: those proposed.

    `kept` is the project's present spec: what the code leaves open is taken from it. Nothing is run. Raises
    NotebookError and InvalidInput for what names no cell.
    """
    selection = select_cells(notebook, chosen, module_aim)
    main = generate_module(selection.taken, class_name(name), language)
    mistakes = [*unreadable(selection.cells), *turned_off(main), *find_mistakes(main, module=True)]
    spec = ModuleSpec()
    try:
        reading = read_module(main, MAIN)
    except SpecError as error:
        if not any(each.kind is MistakeKind.SYNTAX for each in mistakes):
            mistakes.append(error_at(error.line, error.problem, MistakeKind.HANDLER))
    else:
        spec = reading.spec if kept is None else _completed(reading.spec, kept)
        mistakes += _to_check(reading)
    return ModulePreparation(cells=selection.cells, main=main, mistakes=tuple(mistakes), spec=spec)


def _to_check(reading: ModuleReading) -> list[Mistake]:
    return [warning_at(reading.line, each.message, MistakeKind.PLEASE_CHECK, each.subject) for each in reading.warnings]


def _completed(read: ModuleSpec, kept: ModuleSpec) -> ModuleSpec:
    """The spec that the code declares, with what it leaves open as its owner had it."""
    return ModuleSpec(
        inputs={method: filled(each, kept.inputs.get(method, ())) for method, each in read.inputs.items()},
        outputs={
            method: filled(each, kept.outputs.get(method, ()), keyed=True) for method, each in read.outputs.items()
        },
        extra=kept.extra,
    )


def module_spec_from_data(data: Mapping[str, object]) -> tuple[ModuleSpec, str]:
    """A spec as edited in a form (plain values, as in module_spec.yml) and its file's text.

    Raises InvalidInput, which names the input or output, and SpecFileError for what is wrong with the whole.
    """
    parts = (
        (name, {section: {method: {key: fields}}})
        for section in ("input", "output")
        for _, method, parameters in named_parts(data.get(section))
        for name, key, fields in named_parts(parameters)
    )
    spec = read_edited(data, load_module_spec, parts)
    for each in spec.inputs.values():
        check_defaults(one for one in each if not one.unchecked_type)
    try:
        return spec, dump_module_spec(spec)
    except RecursionError as error:
        raise InvalidInput("The spec is nested too deeply.", field="spec") from error
