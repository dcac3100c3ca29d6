"""The value of a cell's last line: `_`, `_3`, `Out[3]`, and what the notebook shows below the cell."""

import ast
import re
import symtable
from collections.abc import Iterable
from enum import Enum

from openmo.notebooks.edits import edit_of, edited

_MAY_READ = re.compile(r"(?<![\w.])(?:_{1,3}|_\d+|Out)(?!\w)")
_RESULT = re.compile(r"_{1,3}|_\d+|Out")
_HELPERS_WITH_VALUES = frozenset({"_nb_await", "_nb_timed"})
_SHOWS_NOTHING = frozenset({"print", "exit", "quit"})


class Results(Enum):
    """What a script does with the values of its cells' last lines."""

    FORGOTTEN = "forgotten"
    SHOWN = "shown"
    KEPT = "kept"
    KEPT_AND_SHOWN = "kept and shown"

    @classmethod
    def of(cls, *, kept: bool, shown: bool) -> "Results":
        if kept:
            return cls.KEPT_AND_SHOWN if shown else cls.KEPT
        return cls.SHOWN if shown else cls.FORGOTTEN

    def call(self, number: int) -> tuple[str, str]:
        """The helper that gets the value of cell `number`, and what it gets besides."""
        if self is Results.SHOWN:
            return "_nb_show", ""
        more = ", show=True" if self is Results.KEPT_AND_SHOWN else ""
        return "_nb_result", f", {number}, globals(){more}"


def reads_results(sources: Iterable[str]) -> bool:
    """Whether any of the cells asks for an earlier cell's value; a `_` that the cells themselves bind is none."""
    found = [_names(source) for source in sources if _MAY_READ.search(source)]
    bound = frozenset[str]().union(*(each[1] for each in found))
    return any(read - bound for read, _ in found)


def _names(source: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names of results that the cell reads as globals, and those that it binds."""
    plain = re.sub(r"^([ \t]*)[!%].*", r"\1pass", source, flags=re.MULTILINE)
    try:
        tables = [symtable.symtable(plain, "<cell>", "exec")]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset(), frozenset()
    read, bound = set[str](), set[str]()
    while tables:
        table = tables.pop()
        tables.extend(table.get_children())
        is_top = table.get_type() == "module"
        for symbol in table.get_symbols():
            name = symbol.get_name()
            if not _RESULT.fullmatch(name):
                continue
            if is_top and (symbol.is_assigned() or symbol.is_imported()):
                bound.add(name)
            elif symbol.is_referenced() and (is_top or symbol.is_global()):
                read.add(name)
    return frozenset(read), frozenset(bound)


def with_result(text: str, before: str, after: str) -> str | None:
    """The valid `text` with its last line's value inside `before` and `after`; None where the notebook has no value."""
    body = ast.parse(text).body
    last = body[-1] if body else None
    if not isinstance(last, ast.Expr) or _is_quiet(last, text):
        return None
    value = ast.get_source_segment(text, last.value)
    value = f"({value})" if isinstance(last.value, ast.Tuple) else value
    edit = edit_of(last, f"{before}{value}{after}")
    return edited(text, [edit]) if value and edit else None


def _is_quiet(last: ast.Expr, text: str) -> bool:
    """Whether nothing is shown: a `;` behind it, or a call that returns None for all we know."""
    lines = text.encode().split(b"\n")
    behind = lines[(last.end_lineno or 1) - 1][last.end_col_offset or 0 :].lstrip()
    call = last.value
    name = call.func.id if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) else ""
    return (
        behind.startswith(b";")
        or name in _SHOWS_NOTHING
        or (name.startswith("_nb_") and name not in _HELPERS_WITH_VALUES)
    )
