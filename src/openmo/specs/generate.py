"""Makes handler.py, or a module's main.py, from the notebook cells that a user selected."""

import ast
import re
from collections.abc import Sequence

from openmo.core.messages import message
from openmo.languages.language import ENGLISH, LANGUAGES, Language, translations
from openmo.specs.errors import SpecError
from openmo.system.python_parsing import parse

_HEAD = message(
    "The app's handler, made from the selected cells of a notebook. Edits here are kept until it is made again."
)
_MODULE_HEAD = message(
    "The module, made from the selected cells of a notebook. Edits here are kept until it is made again."
)
_NEUTRAL = "pass"


def generate_handler(cells: Sequence[str], language: Language = ENGLISH) -> str:
    """The source of a handler.py that runs `cells` in order; its first line says in `language` what it is.

    The cells are the user's code and pass through as they are; each must be whole Python of its own, so that no cell
    can change how another is read. `from __future__` imports move to the top. Raises SpecError naming cell and line.
    """
    return _joined(cells, _HEAD, language)


def join_cells(cells: Sequence[str], language: Language = ENGLISH) -> str:
    """The cells as `generate_handler` joins them, under a first line that speaks of a module."""
    return _joined(cells, _MODULE_HEAD, language)


def _joined(cells: Sequence[str], says: str, language: Language) -> str:
    futures: dict[str, None] = {}
    parts = []
    for number, cell in enumerate(cells, start=1):
        text = re.sub(r"\r\n?", "\n", cell).strip("\n")
        tree = _parse(text, number)
        imports = [each for each in tree.body if isinstance(each, ast.ImportFrom) and each.module == "__future__"]
        futures.update(dict.fromkeys(alias.name for each in imports for alias in each.names))
        if text.strip():
            parts.append(_without(text, imports).rstrip())
    head = _head(says, language)
    top = [head, f"from __future__ import {', '.join(futures)}"] if futures else [head]
    return "\n\n".join(top) + "\n" + "".join(f"\n\n# %%\n{part}\n" for part in parts)


def is_generated(source: str) -> bool:
    """Whether a handler.py or main.py was made from cells, in whichever language, rather than written by hand."""
    first, _, _ = source.partition("\n")
    return first.rstrip("\r") in {_head(says, language) for says in (_HEAD, _MODULE_HEAD) for language in LANGUAGES}


def _head(says: str, language: Language) -> str:
    return f'"""{translations(language).gettext(says)}"""'


def _parse(text: str, number: int) -> ast.Module:
    where = f"cell {number}"
    try:
        return parse(text)
    except SyntaxError as error:
        problem = message("this cell is not plain Python (%(error)s); correct it or leave it out.", error=error.msg)
        raise SpecError(problem, file=where, line=error.lineno) from error
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        raise SpecError(message("this cell is not plain Python (%(error)s).", error=str(error)), file=where) from error


def _without(text: str, statements: list[ast.ImportFrom]) -> str:
    """The text with each of `statements` replaced by `pass`, so that everything else keeps its place."""
    lines = [line.encode() for line in text.split("\n")]
    for each in reversed(statements):
        first, last = each.lineno - 1, (each.end_lineno or each.lineno) - 1
        before, after = lines[first][: each.col_offset], lines[last][each.end_col_offset :]
        lines[first : last + 1] = [before + _NEUTRAL.encode() + after]
    return b"\n".join(lines).decode()
