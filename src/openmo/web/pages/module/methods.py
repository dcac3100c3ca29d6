"""The methods of a module as its page shows them: each parameter in a row, and the code that calls it."""

from collections.abc import Iterable
from dataclasses import dataclass

from openmo.core.errors import InvalidInput
from openmo.core.references import Reference
from openmo.modules.snippets.calls import write_call
from openmo.modules.snippets.comments import one_line, shortened
from openmo.modules.snippets.literals import literal
from openmo.modules.values import Module, ModuleVersion
from openmo.specs.ranges import write_value_range
from openmo.specs.values import Interval, Parameter, ValueRange
from openmo.web.documents.renderer import DocumentRenderer
from openmo.web.documents.values import Formatted


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterRow:
    """A parameter in words."""

    name: str
    required: bool
    type: str
    range: str
    default: str
    """As Python writes it; empty: it has none."""
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodShown:
    """What a method takes and gives, and how a notebook calls it."""

    name: str
    inputs: tuple[ParameterRow, ...]
    outputs: tuple[ParameterRow, ...]
    code: Formatted


def methods_shown(documents: DocumentRenderer, module: Module, version: ModuleVersion) -> tuple[MethodShown, ...]:
    """Training first."""
    reference = Reference(module.owner, module.name, version.version)
    return tuple(
        MethodShown(
            name=method.name,
            inputs=_rows(method.inputs),
            outputs=_rows(method.outputs),
            code=documents.source(_code(reference, method.name, method.inputs), name=f"{method.name}.py"),
        )
        for method in version.methods()
    )


def _code(reference: Reference, method: str, parameters: tuple[Parameter, ...]) -> str:
    try:
        return write_call(reference, method, parameters, {}).cell
    except InvalidInput:  # a default that is too large to be written down
        return f"{method}({literal(str(reference))}, {{}})"


def _rows(parameters: Iterable[Parameter]) -> tuple[ParameterRow, ...]:
    return tuple(
        ParameterRow(
            name=each.name,
            required=each.required,
            type=each.unchecked_type or str(each.value_type),
            range=_range(each.value_range),
            default=_default(each) if each.has_default else "",
            description=each.description,
        )
        for each in parameters
    )


def _range(value_range: ValueRange | None) -> str:
    if isinstance(value_range, Interval):
        return str(write_value_range(value_range))
    return shortened(one_line(", ".join(str(choice) for choice in value_range or ())))


def _default(parameter: Parameter) -> str:
    try:
        return shortened(literal(parameter.default_value))
    except InvalidInput:
        return "…"
