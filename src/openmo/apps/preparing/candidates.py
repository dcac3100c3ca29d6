"""Which files of a workspace a release needs: found by the imports and the paths that its sources name."""

import ast
import stat
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import TypeGuard

from openmo.core.errors import InvalidInput, NotFound
from openmo.core.hostile.folder import HostileFolder
from openmo.core.messages import message
from openmo.projects.snapshot import is_release
from openmo.specs.cells import CLIENT_NAME

HANDLER = "handler.py"
ALWAYS = (HANDLER, "app_spec.yml", "requirements.txt", "README.md")
FILE_LIMIT = 5000
_SOURCE_LIMIT = 1 << 20
_SOURCES_LIMIT = 300
_TEXT_LIMIT = 1000
_DEPTH = 60
_JOINING = frozenset({"join", "joinpath", "Path", "PurePath"})


class FileReason(StrEnum):
    """Why a file is ticked."""

    APP = "app"
    """Every release holds it."""
    IMPORTED = "imported"
    NAMED = "named"
    """A source that the app needs names its path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One file that a release could hold."""

    path: str
    bytes: int
    reason: FileReason | None = None
    """None: nothing that the app is known to need."""
    needed_by: str = ""
    """The source that imports or names it."""

    @property
    def ticked(self) -> bool:
        return self.reason is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """The files, needed ones first."""

    items: tuple[Candidate, ...]
    truncated: bool = False
    """Whether there are more than a list can show."""


def find_candidates(workspace: HostileFolder) -> Candidates:
    """Every file that a release of this workspace could hold. Nothing is run, and no link is followed."""
    sizes: dict[str, int] = {}
    truncated = False
    for path, size in _files(workspace):
        if len(sizes) >= FILE_LIMIT:
            truncated = True
            break
        sizes[path] = size
    reasons = _needed(workspace, sizes)
    items = [
        Candidate(path=path, bytes=size, reason=reason, needed_by=source)
        for path, size in sizes.items()
        for reason, source in [reasons.get(path, (None, ""))]
    ]
    items.sort(key=lambda each: (not each.ticked, each.path))
    return Candidates(items=tuple(items), truncated=truncated)


def release_selection(workspace: HostileFolder, files: Iterable[str]) -> Callable[[PurePosixPath], bool]:
    """What decides whether a release holds a path, for the files (or whole folders) that its owner chose.

    Raises InvalidInput naming a chosen path that no release of this workspace can hold.
    """
    chosen = frozenset(files) | {HANDLER, "app_spec.yml"}
    inside = {HANDLER, "app_spec.yml"}
    for path, _ in _files(workspace):
        inside |= {path, *map(str, PurePosixPath(path).parents)}
    for path in sorted(chosen - inside):
        raise InvalidInput(
            message("%(path)s is no file that a release can hold: was it renamed?", path=repr(path[:120])),
            field="files",
        )
    above = frozenset(str(parent) for path in chosen for parent in PurePosixPath(path).parents)

    def holds(path: PurePosixPath) -> bool:
        return is_release(path) and (
            str(path) in chosen or str(path) in above or any(str(parent) in chosen for parent in path.parents)
        )

    return holds


def _files(workspace: HostileFolder) -> Iterator[tuple[str, int]]:
    """(path, bytes) of every regular file."""

    def is_looked_at(path: PurePosixPath) -> bool:
        return len(path.parts) <= _DEPTH and _is_text(path.name) and is_release(path)

    for entry in workspace.walk(is_looked_at, depth=_DEPTH):
        if stat.S_ISREG(entry.status.st_mode):
            yield str(entry.path), entry.status.st_size


def _needed(workspace: HostileFolder, sizes: dict[str, int]) -> dict[str, tuple[FileReason, str]]:
    found: dict[str, tuple[FileReason, str]] = {path: (FileReason.APP, "") for path in ALWAYS if path in sizes}
    files = _NamedFiles(sizes)
    waiting = [HANDLER] if HANDLER in sizes else []
    read = 0
    while waiting and read < _SOURCES_LIMIT:
        source = waiting.pop()
        read += 1
        tree = _tree(workspace, source)
        if tree is None:
            continue
        for path in _imported(tree, source, sizes):
            if path not in found:
                found[path] = (FileReason.IMPORTED, source)
                waiting.append(path)
        for path in files.named(tree):
            found.setdefault(path, (FileReason.NAMED, source))
    return found


def _tree(workspace: HostileFolder, path: str) -> ast.Module | None:
    try:
        data = workspace.read(path)
        if len(data) > _SOURCE_LIMIT:
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(data)
    except (NotFound, SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return None  # preparing and deploying say what is wrong with it


def _imported(tree: ast.Module, source: str, sizes: dict[str, int]) -> Iterator[str]:
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


class _NamedFiles:
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


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
