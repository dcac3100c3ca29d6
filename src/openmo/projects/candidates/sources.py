"""What a Python source says that it needs of its project: the files that it imports, and those whose paths it names."""

import ast
from collections import deque
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TypeGuard

from openmo.core.errors import NotFound
from openmo.core.hostile.folder import HostileFolder
from openmo.specs.cells import CLIENT_NAME
from openmo.system.python_parsing import parse

_SOURCE_LIMIT = 256 << 10
_TEXT_LIMIT = 1000
_JOINING = frozenset({"join", "joinpath", "Path", "PurePath"})


def read_tree(workspace: HostileFolder, path: str) -> ast.Module | None:
    try:
        data = workspace.read(path)
        if len(data) > _SOURCE_LIMIT:
            return None
        return parse(data)
    except (NotFound, SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return None  # who makes something of it says what is wrong


def imported_files(tree: ast.Module, source: str, sizes: dict[str, int]) -> Iterator[str]:
    """Files of the project that the source's import statements load."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _module_files(PurePosixPath(), alias.name, sizes)
        elif isinstance(node, ast.ImportFrom):
            base = PurePosixPath()
            if node.level:
                parents = PurePosixPath(source).parents
                base = parents[min(node.level, len(parents)) - 1]
            yield from _module_files(base, node.module or "", sizes)
            for alias in node.names:
                name = f"{node.module}.{alias.name}" if node.module else alias.name
                yield from _module_files(base, name, sizes)


def _module_files(base: PurePosixPath, dotted: str, sizes: dict[str, int]) -> Iterator[str]:
    folder = base
    for part in [each for each in dotted.split(".") if each]:
        folder = folder / part
        for path in (f"{folder}.py", f"{folder}/__init__.py"):
            if path in sizes:
                yield path


class NamedFiles:
    """Files that a text names: by path, as a folder, or by a name that one file alone has. Each text is asked once."""

    def __init__(self, sizes: dict[str, int]) -> None:
        self._sizes = sizes
        self._folders = {str(parent) for path in sizes for parent in PurePosixPath(path).parents} - {"."}
        self._by_name = _unique_names(sizes)
        self._visited: set[tuple[str, bool]] = set()

    def named(self, tree: ast.Module) -> Iterator[str]:
        """What the texts of this source name, and no source before it did."""
        for text in _texts(tree):
            if text not in self._visited:
                self._visited.add(text)
                yield from self._find(*text)

    def _find(self, text: str, is_argument: bool) -> Iterator[str]:
        path = str(PurePosixPath(text.removeprefix("./")))
        if path in self._sizes:
            yield path
        elif path in self._folders and ("/" in text or is_argument):
            yield from (each for each in self._sizes if each.startswith(f"{path}/"))
        elif path in self._by_name:
            yield self._by_name[path]


def _texts(tree: ast.Module) -> Iterator[tuple[str, bool]]:
    """Texts in the source, those that are joined to one path together; and whether a call takes them whole."""
    nodes = list(_without_clients(tree))
    inner = {id(node.left) for node in nodes if _is_division(node)}
    roots = {id(_leftmost(node)) for node in nodes if _is_division(node) and id(node) not in inner}
    for node in nodes:
        if isinstance(node, ast.Call):
            texts = [text for each in node.args if (text := _text(each))]
            name = getattr(node.func, "attr", "") or getattr(node.func, "id", "")
            if name in _JOINING:
                texts = [] if id(node) in roots else ["/".join(texts)]
            yield from ((text, True) for text in texts)
        elif _is_division(node):
            if id(node) not in inner:
                yield "/".join(reversed([*_divided(node)])), True
        elif text := _text(node):
            yield text, False


def _without_clients(tree: ast.Module) -> Iterator[ast.AST]:
    """All nodes but what a `Client(…)` is made with: it names its notebook, and an app reads no notebook."""
    waiting: deque[ast.AST] = deque([tree])
    while waiting:
        node = waiting.popleft()
        if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == CLIENT_NAME):
            yield node
            waiting.extend(ast.iter_child_nodes(node))


def _is_division(node: ast.AST) -> TypeGuard[ast.BinOp]:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)


def _leftmost(node: ast.expr) -> ast.expr:
    while isinstance(node, ast.BinOp):
        node = node.left
    return node


def _divided(node: ast.expr) -> Iterator[str]:
    """The texts of `Path("a") / "b" / "c"`, last one first."""
    while isinstance(node, ast.BinOp):
        if text := _text(node.right):
            yield text
        node = node.left
    argument = node.args[0] if isinstance(node, ast.Call) and node.args else node
    if text := _text(argument):
        yield text


def _text(node: ast.AST) -> str:
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str) and 0 < len(value) <= _TEXT_LIMIT else ""


def _unique_names(sizes: dict[str, int]) -> dict[str, str]:
    """Paths by file names that only one file has and that look like one: `model.joblib`, not `data`."""
    found: dict[str, str] = {}
    repeated: set[str] = set()
    for path in sizes:
        name = PurePosixPath(path).name
        if name in found:
            repeated.add(name)
        found[name] = path
    return {name: path for name, path in found.items() if name not in repeated and "." in name.strip(".")}
