"""Which of a project's imports a notebook or script names, and which method of a module it calls; pure.

A module is named by a text that is its identifier and nothing else, as in `predict('openmo/iris/1.0.0', conf)`;
without a version it is the one that the client would take. A dataset is named by a text in which its folder stands.
Of code that is no Python, or of more of it than is read, what stands between quotes counts.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from openmo.core.references import Reference
from openmo.core.versions import Version
from openmo.notebooks.errors import NotebookError
from openmo.notebooks.quiet import turn_off_commands
from openmo.notebooks.reading import CellKind, read_cells
from openmo.specs.values import MODULE_METHODS
from openmo.system.python_parsing import parse

CODE_LIMIT = 1 << 20
"""Characters of code that are looked at; what comes after them names nothing."""
_PARSED_LIMIT = 256 << 10
"""Of code that is parsed: all of its tree is walked, in a process that serves others meanwhile."""
_QUOTED = re.compile(r"'([^'\n]{1,400})'|\"([^\"\n]{1,400})\"")
_IDENTIFIER = re.compile(r"[^\s/]+/[^\s/]+(?:/[^\s/]+)?")
_FOLDER = re.compile(r"(?:^|(?<=datasets/))([^/]+)(?=/|$)")
_DEV = "dev"


@dataclass(frozen=True, slots=True)
class NamedModule:
    """A version of a module, and the method that is called."""

    module: Reference
    method: str
    """Empty: none is called by a name that can be read."""


@dataclass(frozen=True, slots=True)
class Named:
    """What code names of a project's imports, in the order of its first mention."""

    modules: tuple[NamedModule, ...] = ()
    folders: tuple[str, ...] = ()
    """Of datasets."""


def named_in(path: str, data: bytes, *, modules: Sequence[Reference], folders: Sequence[str]) -> Named:
    """What the script or notebook at `path` names of these modules, and of datasets by their folders (`owner-name`)."""
    meant, known = _meant(modules), frozenset(folders)
    found: dict[NamedModule, None] = {}
    mentioned: dict[str, None] = {}
    for text, method in _texts(_source(path, data.decode("utf-8", "replace"))[:CODE_LIMIT]):
        if text in meant:
            found[NamedModule(meant[text], method)] = None
        mentioned.update((folder, None) for folder in _FOLDER.findall(text) if folder in known)
    called = {each.module for each in found if each.method}
    kept = tuple(each for each in found if each.method or each.module not in called)
    return Named(modules=kept, folders=tuple(mentioned))


def _source(path: str, text: str) -> str:
    if not path.endswith(".ipynb"):
        return text
    try:
        cells = [cell.source for cell in read_cells(text) if cell.kind is CellKind.CODE]
    except NotebookError:
        return ""
    if sum(map(len, cells)) <= _PARSED_LIMIT:
        cells = [turn_off_commands(source).text for source in cells]
    return "\n".join(cells)


def _texts(source: str) -> Iterator[tuple[str, str]]:
    """Each text of the code, and the method of a module that is called with it."""
    nodes = _nodes(source)
    if nodes is None:
        for found in _QUOTED.finditer(source):
            yield found[1] or found[2], ""
        return
    loaded = dict(_loaded(nodes))
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value, ""
        elif isinstance(node, ast.Call) and (text := _called_with(node, loaded)):
            yield text, _name_of(node.func)


def _nodes(source: str) -> list[ast.AST] | None:
    """All of its tree, as it is read; None where it is not parsed."""
    if len(source) > _PARSED_LIMIT:
        return None
    try:
        return sorted(filter(_has_place, ast.walk(parse(source))), key=_place)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _has_place(node: ast.AST) -> bool:
    return isinstance(node, ast.expr | ast.stmt)


def _place(node: ast.AST) -> tuple[int, int]:
    assert isinstance(node, ast.expr | ast.stmt)  # noqa: S101 (the others were left out)
    return node.lineno, node.col_offset


def _loaded(nodes: Sequence[ast.AST]) -> Iterator[tuple[str, str]]:
    """Names that a module is kept under: `clf = client.module('openmo/iris/1.0.0')`."""
    for node in nodes:
        if isinstance(node, ast.Assign) and (text := _loads(node.value)):
            yield from ((target.id, text) for target in node.targets if isinstance(target, ast.Name))


def _called_with(call: ast.Call, loaded: dict[str, str]) -> str:
    """The text that names the module of which a method is called; empty: none is."""
    if _name_of(call.func) not in MODULE_METHODS:
        return ""
    if call.args and (text := _text(call.args[0])) and _IDENTIFIER.fullmatch(text):
        return text
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    return loaded.get(owner.id, "") if isinstance(owner, ast.Name) else _loads(owner)


def _loads(node: ast.AST | None) -> str:
    is_load = isinstance(node, ast.Call) and _name_of(node.func) == "module" and bool(node.args)
    return _text(node.args[0]) if is_load and isinstance(node, ast.Call) else ""


def _text(node: ast.AST) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _name_of(function: ast.AST) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _meant(modules: Sequence[Reference]) -> dict[str, Reference]:
    """The import that each text names; without a version the newest release of it that is imported, else `dev`."""
    ordered = sorted(modules, key=_order)
    return {f"{each.owner}/{each.name}": each for each in ordered} | {str(each): each for each in ordered}


def _order(module: Reference) -> tuple[bool, Version]:
    return (False, Version(0, 0, 0)) if module.version == _DEV else (True, Version.parse(module.version))
