"""The Client cell, and what a notebook calls the client's methods: read from its cells, without running them."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from openmo.notebooks.quiet import turn_off_commands
from openmo.specs.cells import CLIENT_NAME
from openmo.specs.names import Statement, read_statements
from openmo.specs.values import MODULE_METHODS

CLIENT_CELL = """\
from modules import json_parser, Client
client = Client()  # calls the modules that this project imports
run, train, predict = client.run, client.train, client.predict"""
_PACKAGES = frozenset({"modules", "function.modules", "openmo_sdk"})
_WORDS = (CLIENT_NAME, *MODULE_METHODS)
MAX_CELL = 1 << 20  # characters; a cell of a megabyte holds data, not code


@dataclass(frozen=True, slots=True, kw_only=True)
class Callee:
    """How a notebook calls a method of modules."""

    code: str
    """`train`, or `client.train`."""
    needs_client: bool
    """Whether the Client cell must come first."""
    client_cell: int | None = None
    """The cell that made the client last, if it does nothing else."""


def find_callee(cells: Sequence[str], method: str) -> Callee:
    """How `method` is called after these code cells; what is not Python is passed over."""
    names = _Names()
    client_cell: int | None = None
    for index, cell in enumerate(cells):
        makes_client, is_quiet = names.read_cell(cell)
        if makes_client:
            client_cell = index if is_quiet else None
    meaning = names.meanings.get(method)
    clients = [name for name, each in names.meanings.items() if each == _Meaning.CLIENT]
    if meaning == method or clients:
        code = method if meaning == method else f"{clients[-1]}.{method}"
        return Callee(code=code, needs_client=False, client_cell=client_cell)
    return Callee(code=method if meaning is None else f"client.{method}", needs_client=True)


class _Meaning(StrEnum):
    """What a name stands for, if not for the client's method that is called as the meaning is."""

    PACKAGE = "package"
    CLASS = "class"
    CLIENT = "client"
    OTHER = ""


@dataclass(slots=True)
class _Names:
    """The names of a notebook, as its last cell leaves them."""

    meanings: dict[str, str] = field(default_factory=dict)

    def read_cell(self, cell: str) -> tuple[bool, bool]:
        """Takes in what the cell defines; whether a client is among it, and whether the cell does nothing else."""
        statements, has_commands = _statements(cell)
        makes_client, is_quiet = False, not has_commands
        for statement in statements:
            is_quiet = is_quiet and self._is_quiet(statement.node)
            found = dict(self._bindings(statement.node))
            makes_client = makes_client or _Meaning.CLIENT in found.values()
            for name in statement.names.bound:
                self.meanings.pop(name, None)  # what is bound last comes last
                self.meanings[name] = found.get(name, _Meaning.OTHER)
        return makes_client, is_quiet

    def _is_quiet(self, node: ast.stmt) -> bool:
        """Whether it only imports from our packages, or gives names to the client and to what is at hand."""
        match node:
            case ast.ImportFrom(module=package):
                return package in _PACKAGES
            case ast.Assign(value=value) | ast.Expr(value=ast.Constant() as value):
                calls = (each for each in ast.walk(value) if isinstance(each, ast.Call))
                return all(self._meaning(call.func) == _Meaning.CLASS for call in calls)
        return False

    def _bindings(self, node: ast.stmt) -> Iterator[tuple[str, str]]:
        match node:
            case ast.ImportFrom(module=package, names=aliases, level=0) if package in _PACKAGES:
                for alias in aliases:
                    if alias.name == CLIENT_NAME:
                        yield alias.asname or alias.name, _Meaning.CLASS
            case ast.Import(names=aliases):
                for alias in aliases:
                    if alias.name in _PACKAGES and (alias.asname or "." not in alias.name):
                        yield alias.asname or alias.name, _Meaning.PACKAGE
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    yield from self._assigned(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                yield from self._assigned(target, value)

    def _assigned(self, target: ast.expr, value: ast.expr) -> Iterator[tuple[str, str]]:
        match target, value:
            case ast.Name(id=name), _:
                yield name, self._meaning(value)
            case ((ast.Tuple() | ast.List()), (ast.Tuple() | ast.List())) if len(target.elts) == len(value.elts):
                for each, part in zip(target.elts, value.elts, strict=True):
                    yield from self._assigned(each, part)

    def _meaning(self, value: ast.expr) -> str:
        match value:
            case ast.Name(id=name):
                return self.meanings.get(name, _Meaning.CLASS if name == CLIENT_NAME else _Meaning.OTHER)
            case ast.Call(func=called) if self._meaning(called) == _Meaning.CLASS:
                return _Meaning.CLIENT
            case ast.Attribute(value=of, attr=name):
                return _attribute(self._meaning(of), name)
        return _Meaning.OTHER


def _attribute(of: str, name: str) -> str:
    if of == _Meaning.PACKAGE and name == CLIENT_NAME:
        return _Meaning.CLASS
    return name if of == _Meaning.CLIENT and name in MODULE_METHODS else _Meaning.OTHER


def _statements(cell: str) -> tuple[tuple[Statement, ...], bool]:
    """The cell's statements, and whether there are commands of notebooks among them; none of what is no Python."""
    if len(cell) > MAX_CELL or not any(word in cell for word in _WORDS):
        return (), False
    try:
        quiet = turn_off_commands(cell)
        return read_statements(quiet.text), bool(quiet.turned_off)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return (), False
