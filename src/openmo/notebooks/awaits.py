"""What needs an event loop: cells with `await` outside any function, and cells that start tasks."""

import ast
import re
import symtable

from openmo.notebooks.python import compiles

_NAME = "_nb_cell"
_STARTERS = frozenset({"create_task", "ensure_future"})
_MAY_START = re.compile(r"\b(?:create_task|ensure_future)\b")


def wrapped(source: str, *, returns: bool = False) -> str | None:
    """The cell as a coroutine that binds the script's own names, without its run; None when that cannot be.

    With `returns`, the coroutine returns the value of the cell's last line.
    """
    try:
        body = ast.parse(source).body
        stars = [each for each in body if isinstance(each, ast.ImportFrom) and each.names[0].name == "*"]
        body = [_Unannotated().visit(each) for each in body if each not in stars]
        if returns and body and isinstance(body[-1], ast.Expr):
            body[-1] = ast.Return(value=body[-1].value)
        plain = _coroutine(body)
        table = symtable.symtable(plain, "<cell>", "exec").get_children()[0]
        bound = sorted(symbol.get_name() for symbol in table.get_symbols() if symbol.is_local())
        text = _coroutine([ast.Global(names=bound), *body]) if bound else plain
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    text = "\n".join([*map(ast.unparse, stars), text])
    return text if compiles(text) else None


def starts_tasks(source: str) -> bool:
    """Whether the cell starts a task outside any function, for which a notebook's loop is there."""
    if not _MAY_START.search(source):
        return False
    try:
        waiting: list[ast.AST] = [ast.parse(source)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in _STARTERS:
            return True
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            waiting.extend(ast.iter_child_nodes(node))
    return False


class _Unannotated(ast.NodeTransformer):
    """Turns `x: int = 1` into `x = 1`: Python allows no annotation of a global name."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        return ast.Assign(targets=[node.target], value=node.value) if node.value else ast.Pass()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.stmt:
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.stmt:
        return node


def _coroutine(body: list[ast.stmt]) -> str:
    arguments = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
    function = ast.AsyncFunctionDef(name=_NAME, args=arguments, body=body or [ast.Pass()], decorator_list=[])
    return ast.unparse(ast.fix_missing_locations(ast.Module(body=[function], type_ignores=[])))
