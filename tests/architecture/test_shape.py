"""Rules of the house about shape: small files and functions, one noun a folder, wiring without branches."""

import ast
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

from sources import PACKAGE, ROOT, Module, modules, read_module

FILE_LINES = 400
FUNCTION_LINES = 50
BESIDE = ("tests", "benchmarks", "tools", "examples", "templates", "sdk", "lab")
OTHERS = {"examples", "lab", "sdk", "web_assets"}
"""What tests/unit tests besides src/openmo."""
PREFIX_FILES = 3
SERVICE_VERBS = 12


@cache
def everywhere() -> tuple[Module, ...]:
    """All Python of the project; what Alembic generated is its own."""
    beside = (path for top in BESIDE for path in sorted((ROOT / top).rglob("*.py")))
    ours = (path for path in beside if not {"node_modules", "__pycache__"} & set(path.parts))
    return (*modules(), *(read_module(path, ROOT) for path in ours))


def test_files_are_small() -> None:
    assert len(everywhere()) > len(modules()) + 300, "the tests were not read"
    assert [f"{module.name}: {module.lines}" for module in everywhere() if module.lines > FILE_LINES] == []


def test_functions_are_small() -> None:
    assert [
        f"{module.name}.{function.name}: {length}"
        for module in everywhere()
        for function in module.functions()
        if (length := (function.end_lineno or 0) - function.lineno + 1) > FUNCTION_LINES
    ] == []


def test_unit_tests_mirror_the_rooms() -> None:
    """What a file of tests/unit is about lies in the folder of the same name, or in a distribution of its own."""
    tests = ROOT / "tests" / "unit"
    folders = {path.parent.relative_to(tests) for path in tests.rglob("test_*.py")}
    assert {str(folder) for folder in folders if not (PACKAGE / folder).is_dir()} == OTHERS


def test_files_of_tests_have_names_of_their_own() -> None:
    """pytest imports them by their names alone; of two that are alike, one is not run."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []


def test_a_prefix_that_three_files_share_is_a_folder() -> None:
    names: dict[tuple[Path, str], list[str]] = defaultdict(list)
    for module in modules():
        stem = module.path.stem
        if not stem.startswith("__"):
            names[module.path.parent, stem.partition("_")[0]].append(stem)
    assert {
        f"{folder.name}/{prefix}": found for (folder, prefix), found in names.items() if len(found) >= PREFIX_FILES
    } == {}


def test_no_service_has_too_many_verbs() -> None:
    """More verbs are another noun, with a service of its own."""
    assert [
        f"{module.name}.{name.name}: {len(verbs)}"
        for module in modules()
        for name in module.classes()
        if name.name.endswith("Service")
        if len(verbs := [node for node in name.body if _is_public_method(node)]) > SERVICE_VERBS
    ] == []


def test_there_is_no_utils() -> None:
    named = {"utils", "util", "common", "misc", "models"}
    assert [module.name for module in modules() if set(module.name.split(".")[1:]) & named] == []


def test_the_composition_root_only_wires() -> None:
    """A branch there is a decision, and decisions have a home with a test of its own."""
    branches = (ast.If, ast.For, ast.While, ast.Try, ast.Match, ast.IfExp)
    assert [
        f"{module.name}:{node.lineno}"
        for module in modules()
        if module.room == "bootstrap"
        for node in ast.walk(module.tree)
        if isinstance(node, branches)
    ] == []


def _is_public_method(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_")
