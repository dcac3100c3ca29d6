"""A cell that calls a module's method: one entry for each parameter, each string written by `repr`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from openmo.core.references import Reference
from openmo.modules.inputs import read_values
from openmo.modules.snippets.client import CLIENT_CELL, find_callee
from openmo.modules.snippets.comments import comment_of, one_line, width
from openmo.modules.snippets.literals import literal
from openmo.modules.snippets.placeholders import placeholder
from openmo.specs.values import Parameter

_ALIGNED_WIDTH = 44
"""Comments stand in one column; longer entries push theirs to the right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """What a notebook needs for the call."""

    identifier: str
    cell: str
    client_cell: str
    """The cell that must come first; empty where the notebook has one."""
    runs_first: int | None
    """Which of the notebook's code cells makes the client and does nothing else; None: there is none such."""


def write_call(
    module: Reference,
    method: str,
    parameters: Sequence[Parameter],
    values: Mapping[str, object],
    *,
    cells: Sequence[str] = (),
    own_environment: bool = False,
) -> Snippet:
    """The code that calls `method` of that version with these values, for a notebook with these code cells.

    Values are as a form has them: texts are read by type. Parameters without a value get their default or, where they
    are required, a placeholder; optional ones without either stand there as comments. With `own_environment` the module
    runs in the packages that it was published with, in a process of its own. Raises InvalidInput whose
    `errors` hold one `{"name": ..., "message": ...}` for each wrong value.
    """
    given = read_values(parameters, values)
    callee = find_callee(cells, method)
    identifier = str(module)
    environment = ", environment='own'" if own_environment else ""
    lines = [
        f"# {one_line(f'{module.owner}/{module.name} {module.version}')} · {method}",
        *_dictionary([_entry(each, given) for each in parameters]),
        f"result = {callee.code}({literal(identifier)}, conf{environment})",
        "result",
    ]
    client_cell = CLIENT_CELL if callee.needs_client else ""
    return Snippet(identifier=identifier, cell="\n".join(lines), client_cell=client_cell, runs_first=callee.client_cell)


def _entry(parameter: Parameter, given: Mapping[str, object]) -> tuple[str, str]:
    """The entry, and the comment behind it."""
    if parameter.name in given:
        value = given[parameter.name]
    else:
        value = parameter.default_value if parameter.has_default else placeholder(parameter)
    code = f"{literal(parameter.name)}: {literal(value)},"
    is_left_out = parameter.name not in given and not parameter.has_default and parameter.optional
    return (f"# {code}" if is_left_out else code), comment_of(parameter)


def _dictionary(entries: Sequence[tuple[str, str]]) -> Iterator[str]:
    if not entries:
        yield "conf = {}"
        return
    column = max((width(code) for code, _ in entries if width(code) <= _ALIGNED_WIDTH), default=0)
    yield "conf = {"
    for code, comment in entries:
        yield f"    {code}{' ' * max(0, column - width(code))}  # {comment}" if comment else f"    {code}"
    yield "}"
