"""Which cells of a notebook an app or a module needs: those that define, by name, what it and they in turn read."""

import ast
import builtins
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeGuard

from openmo.core.messages import message
from openmo.specs.handler import HANDLER_NAME
from openmo.specs.names import Names, Statement, read_statements, together
from openmo.specs.source import methods_of
from openmo.specs.values import LOADER, MODULE_METHODS

CLIENT_NAME = "Client"
CLASS = "class"
"""What a module's class is called among what cells offer."""
_GIVEN = frozenset(dir(builtins)) | {"__file__", "__name__"}
_MAX_CELL = 256 << 10  # characters; a longer cell holds data, not code

_CHANGING = frozenset(
    {"add", "add_module", "append", "clear", "compile", "cpu", "cuda", "drop", "eval", "extend", "fit", "half",
     "insert", "load", "load_model", "load_state_dict", "load_weights", "partial_fit", "pop", "register", "remove",
     "requires_grad_", "setdefault", "sort", "to", "train", "update"}
)  # fmt: skip
_CHANGING_STARTS = ("set_", "load_", "register_", "add_", "fit_")


class Reason(StrEnum):
    """Why a cell is ticked."""

    HANDLER = "handler"
    """It defines `handle`."""
    MODULE = "module"
    """It defines what a module offers: its class, or a function that is called as one of its methods."""
    CLIENT = "client"
    """It makes the Client that calls modules."""
    DEFINES = "defines"
    """It defines names that ticked cells read."""
    CHANGES = "changes"
    """It changes, in place, an object that ticked cells read: `model.load_weights(...)`, `labels[0] = ...`."""
    STAR = "star"
    """Its `from x import *` may define a name that no other cell does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellChoice:
    """One cell, whether the handler needs it, and for which names."""

    index: int
    """Among the cells that were given."""
    reason: Reason | None = None
    """None: not needed."""
    needed_for: tuple[str, ...] = ()
    problem: str = ""
    """Why the cell cannot be read as Python."""
    offers: frozenset[str] = frozenset()
    """What of it is to be made, whether or not another cell counts: `handle`."""

    @property
    def ticked(self) -> bool:
        return self.reason is not None


@dataclass(slots=True)
class _Cell:
    """A cell taken apart."""

    names: Names = field(default_factory=Names)
    changed: frozenset[str] = frozenset()
    makes_client: bool = False
    offers: frozenset[str] = frozenset()
    problem: str = ""


class _Notebook:
    """The cells, and which of them define, change or may define what, so that each name is looked up once."""

    def __init__(self, cells: Sequence[_Cell]) -> None:
        self.cells = cells
        self._defining: dict[str, list[int]] = {}
        self._changing: dict[str, list[int]] = {}
        for index, cell in enumerate(cells):
            for name in cell.names.bound:
                self._defining.setdefault(name, []).append(index)
            for name in cell.changed:
                self._changing.setdefault(name, []).append(index)
        self._stars = [index for index, cell in enumerate(cells) if cell.names.star]

    def sources(self, reader: int, name: str) -> list[tuple[int, Reason]]:
        """The cells that give `name` its value for `reader`: its definition, and what changes it afterwards."""
        own = self.cells[reader].names
        if name in own.bound and name not in own.at_once:
            return []
        defining = [index for index in self._defining.get(name, ()) if index != reader]
        if not defining:
            return [] if name in own.bound else [(index, Reason.STAR) for index in self._stars if index != reader]
        above = [index for index in defining if index < reader]
        first = above[-1] if above else defining[0]
        changing = [
            (index, Reason.CHANGES)
            for index in self._changing.get(name, ())
            if index > first and index != reader and (index < reader or not above)
        ]
        return [(first, Reason.DEFINES), *changing]


Offer = Callable[[ast.stmt], str]
"""What a statement is of the thing to be made, by its name (`handle`, `predict`); empty: nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What the cells shall make: what is looked for, and the reason that its cells have."""

    offer: Offer
    reason: Reason


def _handler(node: ast.stmt) -> str:
    return HANDLER_NAME if _is_function(node) and node.name == HANDLER_NAME else ""


APP = Aim(offer=_handler, reason=Reason.HANDLER)
"""An app: the function `handle`."""


def module_aim(sources: Sequence[str]) -> Aim:
    """A module: its class where a cell has one, or else the functions that are called as its methods are."""
    cells = [_read(source, Aim(offer=_module_class, reason=Reason.MODULE)) for source in sources]
    offer = _module_class if any(cell.offers for cell in cells) else _module_function
    return Aim(offer=offer, reason=Reason.MODULE)


def _module_class(node: ast.stmt) -> str:
    """The same word for all classes, since the last one counts, however it is called."""
    return CLASS if isinstance(node, ast.ClassDef) and {"predict", "run"} & methods_of(node).keys() else ""


def _module_function(node: ast.stmt) -> str:
    if not _is_function(node):
        return ""
    loads = node.name == LOADER and not (node.args.posonlyargs or node.args.args or node.args.kwonlyargs)
    return node.name if loads or node.name in MODULE_METHODS else ""


def _is_function(node: ast.stmt) -> TypeGuard[ast.FunctionDef | ast.AsyncFunctionDef]:
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))


def choose_cells(sources: Sequence[str], aim: Aim = APP) -> tuple[CellChoice, ...]:
    """One choice for each of the code cells `sources`, in their order.

    The last cell that defines `handle` (or whatever is aimed at) counts. A name comes from the last cell above that
    defines it, or else from the first one below: order is what a notebook's author sees. Cells that are no Python are
    told, and never ticked.
    """
    cells = [_read(source, aim) for source in sources]
    notebook = _Notebook(cells)
    found: dict[int, tuple[Reason, set[str]]] = {}
    roots = {name: index for index, cell in enumerate(cells) for name in cell.offers}  # the last one stays
    for name, index in roots.items():
        found.setdefault(index, (aim.reason, set()))[1].add(name)
    client = next((index for index, cell in enumerate(cells) if cell.makes_client), None)
    if client is not None:
        found.setdefault(client, (Reason.CLIENT, {CLIENT_NAME.lower()}))
    waiting = list(found)
    while waiting:
        index = waiting.pop()
        for name in sorted(cells[index].names.used - _GIVEN):
            for source, reason in notebook.sources(index, name):
                known = found.setdefault(source, (reason, set()))
                if not known[1]:
                    waiting.append(source)
                if known[0] is not aim.reason:
                    known[1].add(name)
    return tuple(_choice(index, cell, found.get(index)) for index, cell in enumerate(cells))


def _choice(index: int, cell: _Cell, found: tuple[Reason, set[str]] | None) -> CellChoice:
    if found is None:
        return CellChoice(index=index, problem=cell.problem, offers=cell.offers)
    return CellChoice(
        index=index,
        reason=found[0],
        needed_for=tuple(sorted(found[1])),
        problem=cell.problem,
        offers=cell.offers,
    )


def _read(source: str, aim: Aim) -> _Cell:
    if len(source) > _MAX_CELL:
        return _Cell(problem=message("this cell has more than %(most)s KiB; keep data in files.", most=_MAX_CELL >> 10))
    try:
        statements = read_statements(source)
        return _Cell(
            names=together(statements),
            changed=_changed(statements),
            makes_client=any(_makes_client(each.node) for each in statements),
            offers=frozenset(name for each in statements if (name := aim.offer(each.node))),
        )
    except SyntaxError as error:
        return _Cell(problem=message("line %(line)s: %(error)s.", line=error.lineno or 1, error=error.msg))
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return _Cell(problem=message("this is not readable as Python (%(error)s).", error=str(error)))


def _makes_client(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and _last_name(node.value) == CLIENT_NAME


def _last_name(call: ast.Call) -> str:
    return getattr(call.func, "id", "") or getattr(call.func, "attr", "")


def _changed(statements: tuple[Statement, ...]) -> frozenset[str]:
    """Names whose objects the statements change in place: by assignment to a part, or a method known to do so."""
    found: set[str] = set()
    for statement in statements:
        if isinstance(statement.node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        for node in ast.walk(statement.node):
            part: ast.expr | None = None
            if isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, ast.Store):
                part = node.value
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _changes(node.func.attr):
                part = node.func.value
            while isinstance(part, (ast.Subscript, ast.Attribute)):
                part = part.value
            if isinstance(part, ast.Name):
                found.add(part.id)
    return frozenset(found)


def _changes(method: str) -> bool:
    return method in _CHANGING or method.startswith(_CHANGING_STARTS)
