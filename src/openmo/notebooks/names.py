"""The names that a notebook's own code binds, which decide whether `$name` in a command is Python's or the shell's."""

import ast
import re
from collections.abc import Iterable

from openmo.notebooks.lines import statements

_COMMAND = re.compile(r"(?P<keep>[ \t]*(?:[^=!%#'\"]+=\s*)?)[!%].*", re.DOTALL)
_ASSIGNED = re.compile(r"^[ \t]*([^\W\d]\w*)(?:[ \t]*,[ \t]*[^\W\d]\w*)*[ \t]*=(?!=)", re.MULTILINE)


class NamesBound:
    """Answers whether any cell binds a name; reads the cells only when first asked."""

    def __init__(self, sources: Iterable[str]) -> None:
        self._sources = list(sources)
        self._names: frozenset[str] | None = None

    def __call__(self, name: str) -> bool:
        if self._names is None:
            self._names = frozenset(name for source in self._sources for name in _names(source))
        return name in self._names

    def mentions(self, word: str) -> bool:
        """Whether any cell's text has the word."""
        return any(word in source for source in self._sources)


def _names(source: str) -> set[str]:
    tree = _tree(source) or _tree("\n".join(_COMMAND.sub(r"\g<keep>0", each) for each in statements(source)))
    if tree is None:
        return {name for match in _ASSIGNED.finditer(source) for name in re.findall(r"\w+", match[0].partition("=")[0])}
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            names.add(node.name)
    return names


def _tree(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
