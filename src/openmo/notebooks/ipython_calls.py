"""Cells that call IPython's shell object by hand (`get_ipython().system('ls')`), which no script has."""

import ast
import re
from collections.abc import Set as AbstractSet

SHELL = "get_ipython"
_METHODS = {
    "system": "!{0}",
    "getoutput": "!{0}",
    "magic": "%{0}",
    "run_line_magic": "%{0} {1}",
    "run_cell_magic": "%%{0} {1}\n{2}",
}


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
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == SHELL


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


def without_calls(source: str, names: AbstractSet[str]) -> tuple[str, bool]:
    """The valid `source` with every remaining top-level statement that needs the shell object commented out."""
    lines = source.split("\n")
    changed = False
    for statements in _sharing_lines(ast.parse(source).body):
        if not any(_names_shell(node, names) for statement in statements for node in ast.walk(statement)):
            continue
        first, last = _first_line(statements[0]), statements[-1].end_lineno or statements[-1].lineno
        for index in range(first - 1, last):
            lines[index] = commented(lines[index])
        lines[first - 1] += "  # left out: a script has no IPython"
        changed = True
    return "\n".join(lines), changed


def _sharing_lines(body: list[ast.stmt]) -> list[list[ast.stmt]]:
    """The statements in groups of those that share a line (`a; b`), which can only be commented out together."""
    groups: list[list[ast.stmt]] = []
    for statement in body:
        if groups and _first_line(statement) == groups[-1][-1].end_lineno:
            groups[-1].append(statement)
        else:
            groups.append([statement])
    return groups


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(each.lineno for each in decorators)])


def _names_shell(node: ast.AST, names: AbstractSet[str]) -> bool:
    return (
        (isinstance(node, ast.Name) and (node.id == SHELL or node.id in names))
        or (isinstance(node, ast.Attribute) and node.attr == SHELL)
        or (isinstance(node, ast.alias) and node.name == SHELL)
    )


def commented(line: str) -> str:
    """The line as a comment, in which the shell object goes by another name, so that searches find no call of it."""
    line = line.lstrip("#") if not line.strip("#") else line
    return f"# {line.replace(SHELL, 'ipython')}".rstrip()
