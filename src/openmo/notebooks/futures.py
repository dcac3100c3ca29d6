"""`from __future__ import …` in any cell: Python allows it at the top of a file only, so that is where it goes."""

import __future__

import ast

from openmo.notebooks.lines import statements

_BEGIN = "from __future__ import"
_KNOWN = frozenset(__future__.all_feature_names) - {"barry_as_FLUFL"}  # which would forbid `!=` in all cells


def without_futures(source: str) -> tuple[str, list[str]]:
    """The cell with such imports as comments, and the names that they import; each keeps its line.

    IPython compiles statement by statement, so they may stand behind other code. An import of what this Python does
    not know stays: it fails, there and here.
    """
    if _BEGIN not in source:
        return source, []
    lines: list[str] = []
    names: list[str] = []
    for statement in statements(source):
        found = _imported(statement)
        if found is None:
            lines.append(statement)
            continue
        names += found
        first, *others = statement.split("\n")
        lines += [f"# {first}  # moved to the top", *(f"# {line}" for line in others)]
    return "\n".join(lines), names


def _imported(statement: str) -> list[str] | None:
    if not statement.startswith(_BEGIN):
        return None
    try:
        body = ast.parse(statement).body
    except (SyntaxError, ValueError):
        return None
    names = [each.name for node in body if isinstance(node, ast.ImportFrom) for each in node.names]
    renamed = any(each.asname for node in body if isinstance(node, ast.ImportFrom) for each in node.names)
    known = len(body) == 1 and not renamed and _KNOWN.issuperset(names)
    return names if known else None
