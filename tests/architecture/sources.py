"""The sources, parsed once, for the tests that hold them to the rules of the house."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "openmo"


@dataclass(frozen=True)
class Module:
    """One source file."""

    name: str
    path: Path
    tree: ast.Module
    lines: int

    @property
    def room(self) -> str:
        """`jobs` of `openmo.jobs.log.file`."""
        return room_of(self.name)

    @property
    def inside(self) -> bool:
        """Whether it runs in a user's interpreter."""
        return "inside" in self.name.split(".")

    def imports(self) -> Iterator[tuple[str, ast.AST]]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name, node) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                yield node.module or "", node

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    def classes(self) -> Iterator[ast.ClassDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ClassDef):
                yield node

    def calls(self) -> Iterator[tuple[str, int]]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield ast.unparse(node.func), node.lineno


def room_of(module: str) -> str:
    """The folder right below the package; empty for the package itself."""
    return module.partition(".")[2].partition(".")[0]


def read_module(path: Path, base: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    parts = path.relative_to(base).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(name=name, path=path, tree=ast.parse(text), lines=text.count("\n"))


@cache
def modules() -> tuple[Module, ...]:
    """The server distribution's sources; what Alembic generated is its own."""
    found = (path for path in sorted(PACKAGE.rglob("*.py")) if "versions" not in path.parts)
    return tuple(read_module(path, PACKAGE.parent) for path in found)


@cache
def known() -> frozenset[str]:
    return frozenset(module.name for module in modules())


def targets(module: Module) -> Iterator[tuple[str, int]]:
    """Modules of ours that it imports, `from package import module` included."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name in known():
                    yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module in known():
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield (inner if inner in known() else str(node.module)), node.lineno
