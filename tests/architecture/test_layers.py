"""Rules of the house about imports: downward only, engines behind their ports, little inside the user's interpreter."""

import ast
import sys
from pathlib import Path

import pytest
from sources import PACKAGE, ROOT, Module, modules, read_module, room_of, targets

ORDER = (
    "system", "core", "languages", "wire", "config", "db", "specs", "notebooks", "metrics", "sandbox", "storage",
    "environments", "execution", "serving", "signalling", "identity", "events",
    "accounts", "datasets", "modules", "projects", "jobs", "apps", "notices",
    "proxy", "web", "gateway", "hub", "installation", "cli", "bootstrap", "__main__",
)  # fmt: skip
"""The rooms, lowest first: each may import those before it."""
SLICES = {"accounts", "notices", "environments", "datasets", "modules", "projects", "jobs", "apps"}
PROCESSES = {"proxy", "web", "gateway", "hub"}
"""Each is a process of its own, so none imports another."""
DOORS = PROCESSES | {"cli"}
ENGINES = (
    "openmo.environments.builder", "openmo.environments.installed", "openmo.execution.local",
    "openmo.execution.memory", "openmo.identity.hub", "openmo.modules.checking.sandboxed",
    "openmo.sandbox.bubblewrap", "openmo.sandbox.landlock", "openmo.sandbox.none", "openmo.serving.forked",
    "openmo.signalling.datagram", "openmo.signalling.memory", "openmo.storage.folder", "openmo.storage.memory",
)  # fmt: skip
"""What stands behind a port: its own room knows it, and who starts processes."""
WIRING = {"bootstrap", "installation"}
ALONE = (ROOT / "sdk" / "src", ROOT / "lab" / "openmo_lab")
"""Distributions that run where the server's is not installed."""


def _goes_down(module: Module, target: str) -> bool:
    room = room_of(target)
    if room in ("", module.room):
        return True
    return room in ORDER[: ORDER.index(module.room)] and not (module.room in DOORS and room in PROCESSES)


def _is_engine(module: str) -> bool:
    return any(module == engine or module.startswith(f"{engine}.") for engine in ENGINES)


def _fits_inside(target: str) -> bool:
    return room_of(target) in ("", "system", "core") or "inside" in target.split(".")


@pytest.mark.parametrize(
    ("importer", "target"),
    [
        ("openmo.core.ids", "openmo.db.engine"),
        ("openmo.storage.folder", "openmo.jobs.values"),
        ("openmo.projects.service", "openmo.jobs.service"),
        ("openmo.web.app", "openmo.gateway.app"),
        ("openmo.gateway.app", "openmo.web.app"),
        ("openmo.cli.server", "openmo.hub.spawner"),
        ("openmo.installation.up", "openmo.bootstrap.web"),
    ],
)
def test_the_rule_refuses_upward_imports(importer: str, target: str) -> None:
    assert not _goes_down(Module(name=importer, path=PACKAGE, tree=ast.parse(""), lines=0), target)


def test_the_page_on_engines_names_each_beside_its_port() -> None:
    rows = [row for row in (ROOT / "docs/howto/add-an-engine.md").read_text().splitlines() if row.startswith("| `")]
    for engine in ENGINES:
        _, room, *_, name = engine.split(".")
        assert any(row.startswith(f"| `{room}/") and f"`{name}`" in row for row in rows), engine


def test_every_room_has_its_place_in_the_order() -> None:
    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir() and (path / "__init__.py").exists()}
    assert rooms ^ set(ORDER) == {"__main__"}, "ORDER lists the rooms of src/openmo, lowest first"


def test_imports_go_downward_only() -> None:
    assert [
        f"{module.path.relative_to(ROOT)}:{line} imports {target}"
        for module in modules()
        for target, line in targets(module)
        if not _goes_down(module, target)
    ] == []


def test_engines_stay_behind_their_ports() -> None:
    assert [
        f"{module.name} -> {target}"
        for module in modules()
        if module.room not in WIRING
        for target, _ in targets(module)
        if _is_engine(target) and room_of(target) != module.room
    ] == []


def test_what_runs_in_a_users_interpreter_takes_little_along() -> None:
    """Users' environments hold none of the server's dependencies, and each import is a part of every start."""
    wrong = [
        f"{module.name} -> {target}"
        for module in modules()
        if module.inside
        for target, _ in targets(module)
        if not _fits_inside(target)
    ]
    foreign = [
        f"{module.name}: {target}"
        for module in modules()
        if module.inside or module.room in ("system", "core")
        for target, node in module.imports()
        if target.split(".")[0] not in {"openmo", *sys.stdlib_module_names} and not _is_inside_function(module, node)
    ]
    assert (wrong, foreign) == ([], [])


@pytest.mark.parametrize("base", ALONE, ids=lambda path: path.parts[-2])
def test_what_runs_beside_user_code_imports_nothing_of_the_server(base: Path) -> None:
    found = [read_module(path, base) for path in base.rglob("*.py")]
    assert found
    assert [
        module.name
        for module in found
        for target, _ in module.imports()
        if target == "openmo" or target.startswith("openmo.")
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


def test_project_imports_stand_at_the_top() -> None:
    assert [
        f"{module.path.relative_to(ROOT)}:{node.lineno}"
        for module in modules()
        for function in module.functions()
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom) and _names_ours(node)
    ] == []


def test_imports_are_absolute() -> None:
    assert [
        f"{module.path.relative_to(ROOT)}:{node.lineno}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.level
    ] == []


def test_sql_stays_in_repositories() -> None:
    assert [
        module.name
        for module in modules()
        if module.room != "db" and not module.name.endswith(".repository")
        for target, _ in module.imports()
        if target.split(".")[0] in ("sqlalchemy", "alembic", "psycopg")
    ] == []


def test_slices_know_no_http() -> None:
    frameworks = {"fastapi", "starlette", "uvicorn", "httpx", "jinja2", "jupyterhub"}
    low = {"system", "core", "languages", "wire", "config", "specs", "notebooks"} | SLICES
    assert [
        f"{module.name}: {target}"
        for module in modules()
        if module.room in low
        for target, _ in module.imports()
        if target.split(".")[0] in frameworks
    ] == []


def _names_ours(node: ast.Import | ast.ImportFrom) -> bool:
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
    return any(name.split(".")[0] in ("openmo", "openmo_sdk", "openmo_lab") for name in names)


def _is_inside_function(module: Module, node: ast.AST) -> bool:
    return any(node in ast.walk(function) for function in module.functions())
