"""`display` of a script: the one that exported scripts carry, also where a cell imports IPython's."""

import ast
import re

from openmo.notebooks.edits import edit_of, edited

_CALL = re.compile(r"(?<![\w.])display\s*\(")
_IMPORT = re.compile(r"\bfrom\s+IPython\b.*\bimport\b")


def calls_display(text: str) -> bool:
    """Whether the text calls `display` by its name."""
    return "display" in text and _CALL.search(text) is not None


def without_import(text: str) -> str:
    """The valid `text` without imports of IPython's own `display`, whose handles need a notebook."""
    if not _IMPORT.search(text):
        return text
    edits = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "IPython":
            kept = [each for each in node.names if each.name != "display" or node.module == "IPython"]
            renamed = [each.asname for each in node.names if each not in kept and each.asname]
            rest = [ast.unparse(ast.ImportFrom(module=node.module, names=kept, level=0))] if kept else []
            instead = "; ".join([*rest, *(f"{name} = display" for name in renamed)]) or "pass"
            if len(kept) < len(node.names) and (edit := edit_of(node, instead)):
                edits.append(edit)
    return edited(text, edits)
