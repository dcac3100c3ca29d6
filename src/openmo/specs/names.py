"""Which names a piece of Python defines and which it takes from elsewhere, found without running it."""

import ast
import symtable
from collections.abc import Iterator
from dataclasses import dataclass, field

from openmo.system.python_parsing import parse

_AT_ONCE = frozenset({"listcomp", "setcomp", "dictcomp", "genexpr"})
_READS_FIRST = (ast.Assign, ast.AnnAssign, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_MAY_IMPORT = (ast.ImportFrom, ast.If, ast.Try, ast.With)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The module-level names of one piece of code."""

    bound: frozenset[str] = frozenset()
    """Defined here: assigned, imported, a function or a class."""
    at_once: frozenset[str] = frozenset()
    """Read while the code runs, and so to be defined before."""
    later: frozenset[str] = frozenset()
    """Read inside functions, and so to be defined by the time that they are called."""
    star: bool = False
    """Whether `from x import *` defines names that only running it would tell."""

    @property
    def used(self) -> frozenset[str]:
        """Every name that is read as a global one."""
        return self.at_once | self.later


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One top-level statement: its tree, and its names."""

    node: ast.stmt
    names: Names

    def line_of(self, name: str) -> int:
        """The line on which the statement first reads `name`."""
        lines = [each.lineno for each in ast.walk(self.node) if isinstance(each, ast.Name) and each.id == name]
        return min(lines, default=self.node.lineno)


def read_statements(text: str) -> tuple[Statement, ...]:
    """The top-level statements of `text` in order; raises SyntaxError, ValueError or RecursionError for no Python."""
    tree, lines = parse(text), text.encode().split(b"\n")
    return tuple(Statement(node=node, names=_names_of(node, _text_of(node, lines))) for node in tree.body)


def names_of(text: str) -> Names:
    """The names of the whole text: a name that it reads only after defining it is not taken from elsewhere."""
    return together(read_statements(text))


def together(statements: tuple[Statement, ...]) -> Names:
    """The names of statements that run one after the other."""
    bound: set[str] = set()
    at_once: set[str] = set()
    later: set[str] = set()
    for each in statements:
        at_once |= each.names.at_once - bound
        later |= each.names.later
        bound |= each.names.bound
    star = any(each.names.star for each in statements)
    return Names(bound=frozenset(bound), at_once=frozenset(at_once), later=frozenset(later - bound), star=star)


@dataclass(slots=True)
class _Found:
    bound: set[str] = field(default_factory=set)
    at_once: set[str] = field(default_factory=set)
    later: set[str] = field(default_factory=set)


def _names_of(node: ast.stmt, text: str) -> Names:
    found = _of_scopes(text)
    if isinstance(node, ast.Delete):
        found.at_once, found.bound = found.bound | found.at_once, set()
    elif isinstance(node, ast.AugAssign):
        found.at_once |= found.bound
    elif not isinstance(node, _READS_FIRST):
        found.at_once = (found.at_once - found.bound) | (_read_before_bound(node) & found.bound)
    return Names(
        bound=frozenset(found.bound),
        at_once=frozenset(found.at_once),
        later=frozenset(found.later),
        star=isinstance(node, _MAY_IMPORT) and _has_star(node),
    )


def _of_scopes(text: str) -> _Found:
    """Python's own symbol table decides what is local; it knows every rule of scopes, in each version of Python."""
    found = _Found()
    table = symtable.symtable(text, "<cells>", "exec")
    for symbol in table.get_symbols():
        _note(symbol, found.bound, found.at_once)
    for child, deferred in _scopes(table):
        for symbol in child.get_symbols():
            if symbol.is_global():
                _note(symbol, found.bound, found.later if deferred else found.at_once)
    return found


def _note(symbol: symtable.Symbol, bound: set[str], read: set[str]) -> None:
    if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace():
        bound.add(symbol.get_name())
    if symbol.is_referenced():
        read.add(symbol.get_name())


def _read_before_bound(block: ast.stmt) -> set[str]:
    """Names that assignments inside a block read and write at once (`total = total + x`), so they come from before it.

    What the block's own head binds (`for total in ...`) does not.
    """
    found: set[str] = set()
    given: set[str] = set()
    for node in ast.walk(block):
        if isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
            given |= _stored(node.target)
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            given |= _stored(node.optional_vars)
        elif isinstance(node, ast.AugAssign):
            found |= _stored(node.target)
        elif isinstance(node, ast.Assign):
            read = {each.id for each in ast.walk(node.value) if isinstance(each, ast.Name)}
            found |= read.intersection(*(_stored(target) for target in node.targets))
    return found - given


def _stored(target: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(target) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _scopes(table: symtable.SymbolTable) -> Iterator[tuple[symtable.SymbolTable, bool]]:
    """Every scope inside the module's, and whether its code waits for a call."""
    stack = [(child, False) for child in table.get_children()]
    while stack:
        scope, waits = stack.pop()
        waits = waits or (scope.get_type() == "function" and scope.get_name() not in _AT_ONCE)
        yield scope, waits
        stack.extend((child, waits) for child in scope.get_children())


def _has_star(block: ast.stmt) -> bool:
    return any(
        isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names) for node in ast.walk(block)
    )


def _text_of(node: ast.stmt, lines: list[bytes]) -> str:
    """The statement's own text, decorators included."""
    decorators = getattr(node, "decorator_list", ())
    first = min([node.lineno, *(each.lineno for each in decorators)])
    last = node.end_lineno or node.lineno
    part = lines[first - 1 : last]
    part[-1] = part[-1][: node.end_col_offset]
    if first == node.lineno:  # `a = 1; b = a` are two statements of one line
        part[0] = part[0][node.col_offset :]
    return b"\n".join(part).decode()
