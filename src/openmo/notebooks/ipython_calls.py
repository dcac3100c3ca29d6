"""Cells that call IPython's shell object by hand (`get_ipython().system('ls')`), which no script has."""

import ast
import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from openmo.notebooks.edits import Edit, edit_of, edited

SHELL = "get_ipython"
STAND_IN = "_nb_ipython"
_METHODS = {
    "system": "!{0}",
    "getoutput": "!{0}",
    "magic": "%{0}",
    "run_line_magic": "%{0} {1}",
    "run_cell_magic": "%%{0} {1}\n{2}",
}
_CATCHES_NAME_ERROR = frozenset({"NameError", "Exception", "BaseException"})


def shell_names(source: str) -> set[str]:
    """The names to which the valid `source` gives the shell object (`ip = get_ipython()`)."""
    return {
        target.id
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Assign) and _is_shell(node.value, frozenset())
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def as_commands(source: str, names: AbstractSet[str]) -> str:
    """The valid `source` with such calls, where they have a line of their own, written as the commands they mean.

    `names` hold the shell object, beside what `get_ipython()` returns.
    """
    lines = source.split("\n")
    whole = None
    for node in _statements(source):
        command = _command(node, names)
        alone = command is not None and _has_own_line(node, lines)
        if command is None or not alone:
            continue
        if command.startswith("%%"):
            whole = command if len(ast.parse(source).body) == 1 else whole
        else:
            target = f"{ast.unparse(node.targets[0])} = " if isinstance(node, ast.Assign) else ""
            lines[node.lineno - 1] = " " * node.col_offset + target + command
    return whole or "\n".join(lines)


def _statements(source: str) -> list[ast.Expr | ast.Assign]:
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, (ast.Expr, ast.Assign))]


def _has_own_line(node: ast.stmt, lines: list[str]) -> bool:
    line = lines[node.lineno - 1].encode()
    before, after = line[: node.col_offset], line[node.end_col_offset :].strip()
    return node.lineno == node.end_lineno and not before.strip() and (not after or after.startswith(b"#"))


def _is_shell(node: ast.expr, names: AbstractSet[str]) -> bool:
    if isinstance(node, ast.Name):
        return node.id in names
    if not isinstance(node, ast.Call):
        return False
    return _is_getter(node.func)


def _is_getter(node: ast.expr) -> bool:
    """Whether it is `get_ipython` or `IPython.get_ipython`."""
    return (isinstance(node, ast.Name) and node.id == SHELL) or (isinstance(node, ast.Attribute) and node.attr == SHELL)


def _command(node: ast.Expr | ast.Assign, names: AbstractSet[str]) -> str | None:
    call = node.value
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and not call.keywords):
        return None
    if not _is_shell(call.func.value, names):
        return None
    form = _METHODS.get(call.func.attr)
    texts = [each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    if form is None or len(texts) != len(call.args) or len(texts) != len(re.findall(r"\{\d\}", form)):
        return None
    if any("\n" in text for text in texts[:2]):
        return None
    return form.format(*texts).strip()


def with_stand_in(source: str, names: AbstractSet[str]) -> tuple[str, bool]:
    """The valid `source` with something false and empty for the shell object, and whether that changed anything.

    Where the code is ready for a Python without IPython (`try: get_ipython() … except NameError:`), it stays.
    """
    edits = list(_edits(ast.parse(source), names))
    return edited(source, edits), bool(edits)


def _edits(tree: ast.Module, names: AbstractSet[str]) -> Iterator[Edit]:
    waiting: list[tuple[ast.AST, bool]] = [(tree, False)]
    while waiting:
        node, is_guarded = waiting.pop()
        text = _instead(node, names, is_guarded=is_guarded)
        if text is not None and (edit := edit_of(node, text)):
            yield edit
            continue
        guarded = node.body if isinstance(node, ast.Try) and any(map(_catches_absence, node.handlers)) else []
        waiting.extend((child, is_guarded or child in guarded) for child in ast.iter_child_nodes(node))


def _instead(node: ast.AST, names: AbstractSet[str], *, is_guarded: bool) -> str | None:
    if isinstance(node, ast.ImportFrom) and any(each.name == SHELL for each in node.names):
        return _import(node)
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and _is_shell(node.left, names):
        nothing, other = node.comparators[0], type(node.ops[0])
        if isinstance(nothing, ast.Constant) and nothing.value is None and other in (ast.Is, ast.Eq):
            return "True"
        if isinstance(nothing, ast.Constant) and nothing.value is None and other in (ast.IsNot, ast.NotEq):
            return "False"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "hasattr" and node.args:
        return "False" if _is_shell(node.args[0], names) else None
    if not isinstance(node, (ast.Name, ast.Attribute)) or not isinstance(node.ctx, ast.Load):
        return None
    return STAND_IN if _is_getter(node) and not (is_guarded and isinstance(node, ast.Name)) else None


def _import(node: ast.ImportFrom) -> str:
    others = [each for each in node.names if each.name != SHELL]
    renamed = [each.asname for each in node.names if each.name == SHELL and each.asname]
    kept = [ast.unparse(ast.ImportFrom(module=node.module, names=others, level=node.level))] if others else []
    return "; ".join([*kept, *(f"{name} = {STAND_IN}" for name in renamed)]) or "pass"


def _catches_absence(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(each is None or getattr(each, "id", "") in _CATCHES_NAME_ERROR for each in caught)


def commented(line: str) -> str:
    """The line as a comment, in which the shell object goes by another name, so that searches find no call of it."""
    line = line.lstrip("#") if not line.strip("#") else line
    return f"# {line.replace(SHELL, 'ipython')}".rstrip()
