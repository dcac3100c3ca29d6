"""Cells with `await` outside any function: fine in a notebook, wrapped in a coroutine for a script."""

import ast
import symtable

from openmo.notebooks.python import compiles

_NAME = "_nb_cell"


def wrapped(source: str) -> str | None:
    """The cell as a coroutine that binds the script's own names, without its run; None when that cannot be."""
    try:
        body = ast.parse(source).body
        plain = _coroutine(body)
        table = symtable.symtable(plain, "<cell>", "exec").get_children()[0]
        bound = sorted(symbol.get_name() for symbol in table.get_symbols() if symbol.is_local())
        text = _coroutine([ast.Global(names=bound), *body]) if bound else plain
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return text if compiles(text) else None


def _coroutine(body: list[ast.stmt]) -> str:
    arguments = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
    function = ast.AsyncFunctionDef(name=_NAME, args=arguments, body=body or [ast.Pass()], decorator_list=[])
    return ast.unparse(ast.fix_missing_locations(ast.Module(body=[function], type_ignores=[])))
