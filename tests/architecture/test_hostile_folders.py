"""No process of the platform opens by path what user code may write: any name in there may be a link by now.

Such a folder is a `HostileFolder`, which is no path, so the type checker refuses whatever would open it in another way.
Two ways around remain, and are closed here: its name (`whereabouts`) is told and never opened, and nobody puts its path
together by hand. A line that must do so says why it may: `# ours:` and why user code cannot change that name.
"""

import ast
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sources import ROOT, modules

from openmo.core.hostile.folder import HostileFolder

REASON = "  # ours: "
PARTS = {"workspace", "home", "tmp", "code", "calls", "workers", "work", "results"}
"""What such folders, and those that hold them, are called on disk."""
OPENERS = ("os.", "shutil.", "tempfile.")
OPENING = {"open", "Path", "HostileFolder", "remove_tree", "write_atomic", "write_once"}


def _names_it(node: ast.AST, names: set[str]) -> bool:
    """Whether the expression has the name of a hostile folder in it."""
    return any(
        (isinstance(each, ast.Attribute) and each.attr == "whereabouts")
        or (isinstance(each, ast.Name) and each.id in names)
        for each in ast.walk(node)
    )


def opened_names(tree: ast.AST) -> Iterator[int]:
    """Lines that hand such a name to something that opens it, also after giving it another name."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        names: set[str] = set()
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and _names_it(node.value, names) and not isinstance(node.value, ast.Call):
                names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and any(_names_it(each, names) for each in _paths(node)):
                yield node.lineno


def _paths(call: ast.Call) -> list[ast.expr]:
    """The arguments that the call opens."""
    called = ast.unparse(call.func)
    return call.args if called.startswith(OPENERS) else call.args[:1] if called in OPENING else []


def handmade_paths(tree: ast.AST) -> Iterator[int]:
    """Lines that put the path of such a folder together."""
    allowed = {
        id(node.args[0])
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "HostileFolder" and node.args
    }
    for node in ast.walk(tree):
        match node:
            case ast.BinOp(op=ast.Div(), right=ast.Constant(value=part)) if part in PARTS and id(node) not in allowed:
                yield node.lineno


def test_no_line_goes_around_the_helper_without_saying_why() -> None:
    assert [
        f"{module.path.relative_to(ROOT)}:{line}"
        for module in modules()
        if not (module.inside or module.name.startswith("openmo.core.hostile"))  # confined itself, or the helper
        for line in sorted({*opened_names(module.tree), *handmade_paths(module.tree)})
        if REASON not in module.path.read_text(encoding="utf-8").splitlines()[line - 1]
    ] == []


@pytest.mark.parametrize(
    "body",
    [
        "open(folders.workspace.whereabouts)",
        "os.listdir(folders.workspace.whereabouts)",
        "Path(folders.workspace.whereabouts).read_text()",
        "place = folders.workspace.whereabouts / 'x'\n    shutil.rmtree(place)",
        "(root / 'workspace').mkdir()",
        "tree = root / 'workspace' / 'x'",
    ],
)
def test_the_rule_finds_what_goes_around(body: str) -> None:
    tree = ast.parse(f"def act():\n    {body}")
    assert [*opened_names(tree), *handmade_paths(tree)]


@pytest.mark.parametrize(
    "body", ["HostileFolder(root / 'workspace').read('x')", "Popen(argv, cwd=folders.workspace.whereabouts)"]
)
def test_the_rule_leaves_the_helper_and_the_telling_alone(body: str) -> None:
    tree = ast.parse(f"def act():\n    {body}")
    assert [*opened_names(tree), *handmade_paths(tree)] == []


def test_a_hostile_folder_is_no_path() -> None:
    with pytest.raises(TypeError):
        os.fspath(HostileFolder(Path("/")))  # type: ignore[call-overload]  # the type checker refuses it, too
