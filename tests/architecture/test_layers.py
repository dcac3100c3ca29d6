"""The house's one rule: imports go downward only. And the habits that keep it readable."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "openmo"
ALONE = (ROOT / "sdk" / "src", ROOT / "lab" / "openmo_lab")
"""Distributions that run where the server's is not installed."""

ORDER = (
    "system", "core", "config", "db", "specs", "notebooks", "metrics", "sandbox", "storage", "environments",
    "execution", "serving", "signalling", "identity",
    "accounts", "notices", "datasets", "modules", "projects", "jobs", "apps",
    "proxy", "web", "gateway", "hub", "installation", "cli", "bootstrap", "__main__",
)  # fmt: skip
"""The rooms, lowest first: each may import those before it."""
FOUNDATIONS = {"system", "core", "config", "specs", "notebooks"}
SLICES = ("accounts", "notices", "environments", "datasets", "modules", "projects", "jobs", "apps")
DOORS = {"proxy", "web", "gateway", "hub", "installation", "cli"}
MAY_IMPORT: dict[str, set[str]] = {name: set(ORDER[:index]) for index, name in enumerate(ORDER)}
FILE_BUDGET = 600
FUNCTION_BUDGET = 60
CLOCK_READERS = {
    "openmo.core.clock",
    "openmo.execution.inside.usage",
    "openmo.execution.inside.log_watch",
    "openmo.execution.inside.exit",
    "openmo.execution.inside.shim",
}
"""The clock itself, and children to which loading `datetime` would cost milliseconds of every start."""
CLOCK_CALLS = {
    "time.time", "time.time_ns", "datetime.now", "datetime.utcnow", "datetime.today", "date.today",
    "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.date.today",
}  # fmt: skip
CODE_FROM_BYTES = {"pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve", "joblib", "torch"}
"""Modules whose readers run what the bytes say."""
UNSAFE_CALLS = {"yaml.load", "yaml.unsafe_load", "yaml.full_load", "eval", "exec", "os.system", "os.popen"}


def part_of(module: str) -> str:
    """`jobs` of `openmo.jobs.service`; empty for the package itself."""
    return module.partition(".")[2].partition(".")[0]


@dataclass(frozen=True)
class Module:
    """One source file."""

    name: str
    path: Path
    tree: ast.Module
    lines: int

    @property
    def part(self) -> str:
        return part_of(self.name)

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

    def calls(self) -> Iterator[tuple[str, int]]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield ast.unparse(node.func), node.lineno


@cache
def modules() -> tuple[Module, ...]:
    """The server distribution's sources; what Alembic generated is its own."""
    return tuple(_read(path, PACKAGE.parent) for path in sorted(PACKAGE.rglob("*.py")) if "versions" not in path.parts)


def _read(path: Path, base: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    parts = path.relative_to(base).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(name=name, path=path, tree=ast.parse(text), lines=text.count("\n"))


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


def _allowed(module: Module, target: str) -> bool:
    part = part_of(target)
    if part in ("", module.part):
        return True
    if part not in MAY_IMPORT.get(module.part, set()):
        return False
    return not (module.part in DOORS and part in DOORS) or (module.part, part) == ("cli", "installation")


@pytest.mark.parametrize(
    ("importer", "target"),
    [
        ("openmo.core.ids", "openmo.db.engine"),
        ("openmo.storage.folder", "openmo.jobs.values"),
        ("openmo.projects.service", "openmo.jobs.service"),
        ("openmo.installation.up", "openmo.bootstrap.web"),
    ],
)
def test_the_rule_refuses_upward_imports(importer: str, target: str) -> None:
    module = Module(name=importer, path=PACKAGE, tree=ast.parse(""), lines=0)
    assert not _allowed(module, target)


def test_every_part_of_the_house_has_its_place() -> None:
    parts = {path.name for path in PACKAGE.iterdir() if path.is_dir() and (path / "__init__.py").exists()}
    assert parts - set(MAY_IMPORT) == set(), "say in MAY_IMPORT what a new part may import"


def test_imports_go_downward_only() -> None:
    wrong = [
        f"{module.path.relative_to(ROOT)}:{line} imports {target}"
        for module in modules()
        for target, line in targets(module)
        if not _allowed(module, target)
    ]
    assert wrong == []


def test_nothing_imports_the_composition_root_but_entry_points() -> None:
    outside = {"bootstrap", "__main__"}
    assert [
        f"{module.name} -> {target}"
        for module in modules()
        for target, _ in targets(module)
        if target.startswith("openmo.bootstrap") and module.part not in outside
    ] == []


def test_there_are_no_cycles() -> None:
    graph = {module.name: {target for target, _ in targets(module)} - {module.name} for module in modules()}
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " -> ".join((*way[way.index(name) :], name)) if name in way else ""
        if name not in done:
            for target in sorted(graph[name]):
                visit(target, (*way, name))
            done.add(name)

    for name in graph:
        visit(name, ())


@pytest.mark.parametrize("base", ALONE, ids=lambda path: path.parts[-2])
def test_what_runs_beside_user_code_imports_nothing_of_the_server(base: Path) -> None:
    found = [_read(path, base) for path in base.rglob("*.py")]
    assert found
    assert [
        module.name
        for module in found
        for target, _ in module.imports()
        if target == "openmo" or target.startswith("openmo.")
    ] == []


def test_children_start_with_the_standard_library_alone() -> None:
    """`openmo.workers` runs in users' environments, which hold none of the server's dependencies."""
    ours = {"openmo", "msgspec"}
    foreign = [
        f"{module.name}: {target}"
        for module in modules()
        if module.part == "workers"
        for target, node in module.imports()
        if target.split(".")[0] not in ours and not _is_stdlib(target) and not _is_inside_function(module, node)
    ]
    assert foreign == []


def test_project_imports_stand_at_the_top() -> None:
    wrong = [
        f"{module.path.relative_to(ROOT)}:{node.lineno}"
        for module in modules()
        for function in module.functions()
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom) and _names_ours(node)
    ]
    assert wrong == []


def test_imports_are_absolute() -> None:
    assert [
        f"{module.path.relative_to(ROOT)}:{node.lineno}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.level
    ] == []


def test_files_and_functions_keep_to_their_budget() -> None:
    long_files = [f"{module.name}: {module.lines}" for module in modules() if module.lines > FILE_BUDGET]
    long_functions = [
        f"{module.name}.{function.name}: {length}"
        for module in modules()
        for function in module.functions()
        if (length := (function.end_lineno or 0) - function.lineno + 1) > FUNCTION_BUDGET
    ]
    assert (long_files, long_functions) == ([], [])


def test_only_the_clock_asks_what_time_it_is() -> None:
    asked = {
        f"{module.name}:{line} {call}"
        for module in modules()
        if module.name not in CLOCK_READERS
        for call, line in module.calls()
        if call in CLOCK_CALLS
    }
    assert asked == set()


def test_sql_stays_in_repositories() -> None:
    speaks = [
        module.name
        for module in modules()
        if module.part != "db" and not module.name.endswith(".repository")
        for target, _ in module.imports()
        if target.split(".")[0] in ("sqlalchemy", "alembic", "psycopg")
    ]
    assert speaks == []


def test_slices_know_no_http() -> None:
    frameworks = {"fastapi", "starlette", "uvicorn", "httpx", "jinja2", "jupyterhub"}
    assert [
        f"{module.name}: {target}"
        for module in modules()
        if module.part in SLICES or module.part in FOUNDATIONS
        for target, _ in module.imports()
        if target.split(".")[0] in frameworks
    ] == []


def test_there_is_no_utils() -> None:
    named = {"utils", "util", "helpers", "common", "misc", "models"}
    assert [module.name for module in modules() if set(module.name.split(".")[1:]) & (named - {"helpers"})] == []


def test_the_platform_never_runs_what_bytes_say() -> None:
    imported = [
        f"{module.name}: {target}"
        for module in modules()
        if module.part != "workers"  # which exist to run user code, in its sandbox
        for target, _ in module.imports()
        if target.split(".")[0] in CODE_FROM_BYTES
    ]
    called = [
        f"{module.name}:{line} {call}"
        for module in modules()
        if module.part != "workers"
        for call, line in module.calls()
        if call in UNSAFE_CALLS or call.endswith(("torch.load", ".allow_pickle"))
    ]
    shells = [
        f"{module.name}:{node.lineno}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.keyword) and node.arg in ("shell", "allow_pickle") and ast.unparse(node.value) == "True"
    ]
    assert (imported, called, shells) == ([], [], [])


def _names_ours(node: ast.Import | ast.ImportFrom) -> bool:
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
    return any(name.split(".")[0] in ("openmo", "openmo_sdk", "openmo_lab") for name in names)


def _is_stdlib(name: str) -> bool:
    return name.partition(".")[0] in sys.stdlib_module_names


def _is_inside_function(module: Module, node: ast.AST) -> bool:
    return any(node in ast.walk(function) for function in module.functions())
